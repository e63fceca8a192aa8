#pragma once
#include <functional>
#include <string>
#include <vector>

#include "madang/cases/cases.hpp"
#include "madang/html/html.hpp"
#include "madang/platform/context.hpp"

// Files as pages, in words and aloud, shown by the house (redaction/reading.hpp): what people
// attached, so that nobody opens a stranger's file on her own device, and what was issued to them.
namespace madang::platform {

// A file in the hands of somebody who may read it.
struct shown_file {
  std::string key, name, type, hash;         // hash: SHA-256 in hex
  std::string octets;
  std::string file;                          // the address that hands it out as it is
  std::vector<html::link> above;             // of the viewer's page, outermost first
};
// Called for each page, picture and voice: it enters the reading where that has to be entered.
using open_file = std::function<result<shown_file>(context&)>;

// Below `at`: /view (page, JSON), /picture?page= (PNG), /voice?page= (RIFF WAVE).
void viewer_pages(house& h, const std::string& at, needs who, open_file open);

struct case_reached {
  cases::files* files = nullptr;             // not null
  id matter;
  audit::access why;
  std::vector<html::link> above;
};
// Whose case it is and whether this actor may read it, as the pages of that case decide it.
using reach_case = std::function<result<case_reached>(context&)>;

// `at` is the address of an attachment with its pattern, ending in "/files/{file}": the file
// itself, and below it /pdf (ODT, DOCX and pictures turned into one) beside the pages of a viewer.
// Each is a read of the file and enters the person's trail as one.
void file_pages(house& h, const std::string& at, needs who, reach_case reach);

// The policy of a page that plays sound or film of ours.
http::response with_media(http::response page);

}  // namespace madang::platform
