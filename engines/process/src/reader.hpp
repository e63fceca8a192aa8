#pragma once
#include <map>
#include <string>
#include <string_view>

#include "madang/process/model.hpp"

// Internal: makes a model of a BPMN file. The reader takes what stands there; the checker then says
// what cannot be run.
namespace madang::process {

class reader {
 public:
  explicit reader(model& m) : m_(m) {}
  // Refusals process.not_bpmn, process.double_id.
  outcome read();

 private:
  void read_process(const xml::node& n);
  // What stands in a process or sub-process.
  void read_content(const xml::node& n, int scope);
  int read_flow_node(const xml::node& n, int scope);
  void read_gateway(const xml::node& n, element& e);
  void read_event(const xml::node& n, element& e);
  void read_definition(const xml::node& d, element& e);
  void read_timer(const xml::node& d, element& e);
  void read_activity(const xml::node& n, element& e);
  void read_task(const xml::node& n, element& e);
  void read_loop(const xml::node& n, element& e);
  void read_scope_attributes(const xml::node& n, element& e);
  void read_extensions(const xml::node& n, element& e);
  void read_extension(const xml::node& x, element& e);
  void read_io(const xml::node& x, element& e);
  void read_multi_extension(const xml::node& x, element& e);
  void refuse_foreign(const xml::node& n, const element& e);
  void read_flow(const xml::node& n, int scope);
  void link_up();
  void link_flows();
  void link_boundaries();
  void link_compensations();
  void find_starts();

  // A formula or a mistake of the element.
  formula feel(const element& e, const xml::node& at, std::string_view text);
  formula text_or_feel(const element& e, const xml::node& at, std::string_view text);
  formula expression(const element& e, const xml::node& at);
  void mistaken(const element& e, int line, std::string code,
                std::map<std::string, std::string> facts = {});
  // The root element that a reference names, without its prefix; null.
  const xml::node* root_named(std::string_view reference) const;

  model& m_;
  std::string language_;  // of expressions, as the file says
  std::map<std::string, const xml::node*, std::less<>> roots_;
  struct pending_flow {
    std::string from, to, is_default_of;
    int scope = -1, line = 0;
  };
  std::vector<pending_flow> pending_flows_;
  std::map<int, std::string> defaults_, hosts_, undone_activity_, not_who_did_;
  struct association {
    std::string from, to;
  };
  std::vector<association> associations_;
};

class checker {
 public:
  explicit checker(model& m) : m_(m) {}
  void check();

 private:
  void check_flow(const sequence_flow& f);
  void check_element(const element& e);
  void check_event(const element& e);
  void check_boundary(const element& e);
  void check_activity(const element& e);
  void check_gateway(const element& e);
  void check_scope(const element& e);
  void check_links(const element& scope);
  void find_reach();
  void mistaken(const element& e, std::string code, std::map<std::string, std::string> facts = {});
  const element* scope_of(const element& e) const {
    return e.scope < 0 ? nullptr : &m_.at(e.scope);
  }

  model& m_;
};

// "Message_1" of "tns:Message_1".
inline std::string_view local_name(std::string_view qualified) {
  const auto colon = qualified.rfind(':');
  return colon == std::string_view::npos ? qualified : qualified.substr(colon + 1);
}

}  // namespace madang::process
