// The parameter `authorization_details` of a stranger (RFC 9396).
#include "madang/signon/details.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace madang;
  static const auto types = signon::read_detail_types(
      *json::parse(R"({"types": [{"type": "mydata", "owner": "agreements", "fields": [
        {"name": "actions", "form": "words", "required": true, "most": 1, "one_of": ["read"]},
        {"name": "locations", "form": "words", "most": 1,
         "one_of": ["{issuer}/exchange/mydata"]},
        {"name": "datatypes", "form": "words", "required": true, "most": 5},
        {"name": "purpose", "form": "text", "required": true, "most": 50},
        {"name": "until", "form": "day", "required": true}]}]})"),
      "https://gov.example").value();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto read = signon::read_details(text, types, {"mydata"});
  if (!read) return 0;
  check(size <= signon::longest_details && read->size() <= signon::most_details, "limits hold");
  for (const auto& one : *read) {
    check(json::at(one, "datatypes").get_array().size() <= 5, "no list is longer than its type");
    for (const auto& member : one.get_object())
      check(member.key() == "type" ||
                std::ranges::any_of(types.front().fields,
                                    [&](const auto& f) { return f.name == member.key(); }),
            "no member that the type has not");
  }
  check(signon::within(*read, *read, types), "all is within itself");
  auto again = signon::read_details(json::print(*read), types, {"mydata"});
  check(again && *again == *read, "what was read is read again alike");
  return 0;
}
