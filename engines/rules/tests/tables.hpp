#pragma once
// Models for the tests of tables: a decision "d" over inputs, written in a few words.
#include <string>
#include <vector>

#include "madang/base/text.hpp"
#include "madang/rules/model.hpp"

namespace madang::rules::tables {

inline std::string escaped(std::string s) {
  s = text::replace_all(std::move(s), "&", "&amp;");
  s = text::replace_all(std::move(s), "<", "&lt;");
  return text::replace_all(std::move(s), ">", "&gt;");
}

inline std::string definitions(const std::string& inside) {
  return R"(<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="test" id="t" )"
         R"(namespace="urn:test">)" +
         inside + "</definitions>";
}

struct column {
  std::string expression, type, allowed;
};

struct table {
  std::string policy;                        // "UNIQUE", "COLLECT SUM"
  std::vector<column> inputs;
  std::vector<std::vector<std::string>> rules;       // conditions, then outputs
  std::vector<column> outputs = {{"", "", ""}};      // name, type, allowed
  std::vector<column> names = {};            // inputs of the model beside the columns
  std::string otherwise = {};                // default output
  std::string more = {};                     // item definitions and other elements

  std::string input_data(const column& c) const {
    return "<inputData name='" + c.expression + "' id='in-" + c.expression + "'><variable name='" +
           c.expression + "'" + (c.type.empty() ? "" : " typeRef='" + c.type + "'") +
           "/></inputData>";
  }
  std::string requirement(const column& c) const {
    return "<informationRequirement><requiredInput href='#in-" + c.expression +
           "'/></informationRequirement>";
  }
  static std::string text_of(const std::string& s) { return "<text>" + escaped(s) + "</text>"; }

  std::string decision_table() const {
    const auto space = policy.find(' ');
    std::string out = "<decisionTable hitPolicy='" + policy.substr(0, space) + "'";
    if (space != std::string::npos) out += " aggregation='" + policy.substr(space + 1) + "'";
    out = text::replace_all(out, "_", " ") + ">";
    for (const auto& c : inputs) {
      out += "<input><inputExpression" + (c.type.empty() ? "" : " typeRef='" + c.type + "'") + ">" +
             text_of(c.expression) + "</inputExpression>";
      if (!c.allowed.empty()) out += "<inputValues>" + text_of(c.allowed) + "</inputValues>";
      out += "</input>";
    }
    for (const auto& o : outputs) {
      out += "<output name='" + o.expression + "'" +
             (o.type.empty() ? "" : " typeRef='" + o.type + "'") + ">";
      if (!o.allowed.empty()) out += "<outputValues>" + text_of(o.allowed) + "</outputValues>";
      if (!otherwise.empty())
        out += "<defaultOutputEntry>" + text_of(otherwise) + "</defaultOutputEntry>";
      out += "</output>";
    }
    for (const auto& r : rules) {
      out += "<rule>";
      for (std::size_t i = 0; i < r.size(); ++i) {
        const std::string kind = i < inputs.size() ? "inputEntry" : "outputEntry";
        out += "<" + kind + ">" + text_of(r[i]) + "</" + kind + ">";
      }
      out += "</rule>";
    }
    return out + "</decisionTable>";
  }

  std::string xml() const {
    std::string out = more, required;
    std::vector<column> all = names;
    for (const auto& c : inputs) {
      bool known = c.expression.find_first_of("(*+") != std::string::npos;
      for (const auto& n : all) known = known || n.expression == c.expression;
      if (!known) all.push_back(c);
    }
    for (const auto& c : all) {
      out += input_data(c);
      required += requirement(c);
    }
    return definitions(out + "<decision name='d' id='d'><variable name='d'/>" + required +
                       decision_table() + "</decision>");
  }
};

inline std::shared_ptr<const model> model_of(const std::string& xml) {
  auto m = model::load({{"test.dmn", xml}});
  return m ? *m : nullptr;
}

}  // namespace madang::rules::tables
