#pragma once
#include <functional>
#include <string>
#include <vector>

#include "madang/cases/cases.hpp"
#include "madang/html/html.hpp"
#include "madang/platform/context.hpp"

// What people attached, for those who read a case: the file itself to keep, and its pages shown by
// the house, so that nobody has to open a stranger's file on her device (redaction/reading.hpp).
namespace madang::platform {

struct case_reached {
  cases::files* files = nullptr;             // not null
  id matter;
  audit::access why;
  std::vector<html::link> above;             // of the viewer's page, outermost first
};
// Whose case it is and whether this actor may read it, as the pages of that case decide it.
using reach_case = std::function<result<case_reached>(context&)>;

// `at` is the address of an attachment with its pattern, ending in "/files/{file}". Below it: /view
// (page, JSON), /picture?page= (PNG), /pdf (ODT, DOCX and pictures turned into one), /voice?page=
// (RIFF WAVE). Each is a read of the file and enters the person's trail as one.
void file_pages(house& h, const std::string& at, needs who, reach_case reach);

// The policy of a page that plays sound or film of ours.
http::response with_media(http::response page);

}  // namespace madang::platform
