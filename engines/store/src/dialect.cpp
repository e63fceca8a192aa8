#include <cctype>

#include "back_end.hpp"

namespace madang::store {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

std::string lower(std::string_view s) {
  std::string out(s);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

// Copies quoted text as it is and gives every other piece to `plain`.
template <class F>
std::string outside_quotes(std::string_view sql, F plain) {
  std::string out;
  for (std::size_t i = 0; i < sql.size();) {
    if (sql[i] == '\'') {
      std::size_t end = sql.find('\'', i + 1);
      end = end == std::string_view::npos ? sql.size() : end + 1;
      out += sql.substr(i, end - i);
      i = end;
    } else {
      i = plain(sql, i, out);
    }
  }
  return out;
}

std::string type_for(const std::string& word, bool postgres) {
  if (postgres) {
    if (word == "blob") return "bytea";
    if (word == "double") return "double precision";
  } else {
    if (word == "bigint") return "integer";
    if (word == "double") return "real";
  }
  return {};
}

// Keeps the lines of "-- only: <this back end>" blocks, drops those of the other and all comments.
std::string own_lines(std::string_view sql, bool postgres) {
  std::string out;
  bool keep = true;
  for (const std::string& line : text::split(sql, '\n')) {
    std::string_view trimmed = text::trim(line);
    if (trimmed.starts_with("-- only:")) {
      keep = text::trim(trimmed.substr(8)) == (postgres ? "postgres" : "sqlite");
    } else if (trimmed == "-- end") {
      keep = true;
    } else if (keep && !trimmed.starts_with("--")) {
      out += line;
      out += '\n';
    }
  }
  return out;
}

}  // namespace

std::string sql_for(std::string_view house_sql, bool postgres) {
  if (!postgres) return std::string(house_sql);
  return outside_quotes(house_sql, [](std::string_view s, std::size_t i, std::string& out) {
    out += s[i] == '?' ? '$' : s[i];
    return i + 1;
  });
}

std::string ddl_for(std::string_view house_sql, bool postgres) {
  std::string typed = outside_quotes(
      own_lines(house_sql, postgres), [&](std::string_view s, std::size_t i, std::string& out) {
        if (!is_word(s[i])) {
          out += s[i];
          return i + 1;
        }
        std::size_t end = i;
        while (end < s.size() && is_word(s[end])) ++end;
        std::string word = lower(s.substr(i, end - i));
        std::string type = type_for(word, postgres);
        out += type.empty() ? std::string(s.substr(i, end - i)) : type;
        return end;
      });
  if (postgres) return typed;
  std::string out;
  for (const std::string& part : text::split(typed, ';')) {
    if (text::trim(part).empty()) continue;
    out += part;
    if (lower(text::trim(part)).starts_with("create table")) out += " strict";
    out += ';';
  }
  return out;
}

}  // namespace madang::store
