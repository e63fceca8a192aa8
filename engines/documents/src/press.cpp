#include "madang/documents/press.hpp"

#include <libdeflate.h>

#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <shared_mutex>

#include "madang/pdf/deflate.hpp"
#include "flow.hpp"
#include "madang/base/text.hpp"
#include "madang/trust/cms.hpp"
#include "pdf_file.hpp"
#include "seal.hpp"

namespace madang::documents {
namespace {

// Raise it whenever the same input would give other octets: old documents are rebuilt by the press
// of their day.
constexpr std::string_view writer_revision = "madang-press-2";
constexpr std::size_t most_seals = 4096, most_scanned = 200;

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

bool may_be_number(const std::string& s) {
  return !s.empty() && s.size() <= 64 && std::all_of(s.begin(), s.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '.' || c == '/';
  });
}

bool may_be_language(const std::string& s) {
  return s.size() >= 2 && s.size() <= 8 && std::all_of(s.begin(), s.end(), [](char c) {
    return std::isalpha(static_cast<unsigned char>(c)) || c == '-';
  });
}

}  // namespace

struct press::inside {
  font body, seal;
  std::string colour_profile, version;

  mutable std::shared_mutex gate;
  mutable std::map<std::string, std::shared_ptr<const std::string>> seals;   // by agency

  std::shared_ptr<const std::string> seal_of(const std::string& agency) const {
    {
      std::shared_lock lock(gate);
      if (auto found = seals.find(agency); found != seals.end()) return found->second;
    }
    auto drawn = std::make_shared<const std::string>(pdf::deflate(draw_seal(seal, agency), 9));
    std::unique_lock lock(gate);
    if (seals.size() >= most_seals) seals.clear();
    seals.emplace(agency, drawn);
    return drawn;
  }

  result<pdf_file> write(const layout& l, const json::value& data, const issue& i,
                         bool sealed) const;
};

result<pdf_file> press::inside::write(const layout& l, const json::value& data, const issue& i,
                                      bool sealed) const {
  if (!may_be_number(i.number)) return refuse(kind::invalid, "document.number");
  if (!may_be_language(i.language)) return refuse(kind::invalid, "document.language");
  auto content = lay_out(l.raw(), {data, i, nullptr, 0}, body);
  if (!content) return content.why();
  const std::string canonical_data = canonical(data);
  const trust::view identity[] = {trust::view_of(i.number), trust::view_of(l.version()),
                                  trust::view_of(canonical_data)};
  const trust::digest id = trust::sha256(identity);
  // The seal is the Korean one in every language, as the stone is; the English one where a country
  // speaks no Korean.
  std::shared_ptr<const std::string> drawn;
  if (sealed) drawn = seal_of(i.agency.in("ko"));
  file_parts parts;
  parts.type = &body;
  parts.content = &*content;
  parts.title = l.title().in(i.language);
  parts.language = i.language;
  parts.author = i.agency.in(i.language);
  parts.number = i.number;
  parts.layout_version = l.version();
  parts.issued = i.issued;
  parts.colour_profile = colour_profile;
  if (sealed) parts.appearance = *drawn;
  parts.file_id = text::chars_of(trust::view(id).first(16));
  return write_file(parts);
}

press::press(const press_options& o)
    : in_(new inside{font::load(o.font), font::load(o.seal_font), {}, {}, {}, {}}) {
  const std::string profile = read_file(o.colour_profile);
  in_->colour_profile = pdf::deflate(profile, 9);
  const std::string type = read_file(o.font), seal_type = read_file(o.seal_font);
  // Another libdeflate may pack the same octets otherwise.
  const trust::view all[] = {trust::view_of(writer_revision),
                             trust::view_of(LIBDEFLATE_VERSION_STRING), trust::view_of(type),
                             trust::view_of(seal_type), trust::view_of(profile)};
  in_->version = text::hex(trust::sha256(all));
}
press::~press() = default;

const std::string& press::version() const { return in_->version; }

result<signed_document> press::render_and_sign(const layout& l, const json::value& data,
                                               const issue& i, const trust::signer& seal) const {
  auto file = in_->write(l, data, i, true);
  if (!file) return file.why();
  signed_document out;
  out.cms = trust::sign_cms(seal, file->signed_ranges());
  if (!file->put_signature(out.cms))
    return refuse(kind::too_large, "document.signature_too_large");
  out.pdf = std::move(file->bytes);
  return out;
}

result<std::string> press::rebuild(const layout& l, const json::value& data, const issue& i,
                                   trust::view cms) const {
  auto file = in_->write(l, data, i, true);
  if (!file) return file.why();
  if (!file->put_signature(cms)) return refuse(kind::too_large, "document.signature_too_large");
  return std::move(file->bytes);
}

result<std::string> press::draft(const layout& l, const json::value& data, const issue& i) const {
  auto file = in_->write(l, data, i, false);
  if (!file) return file.why();
  return std::move(file->bytes);
}

picture pack_picture(int columns, int rows, std::string_view samples) {
  picture out{columns, rows, true, {}};
  for (std::size_t i = 0; i + 2 < samples.size() && out.grey; i += 3)
    out.grey = samples[i] == samples[i + 1] && samples[i] == samples[i + 2];
  if (!out.grey) {
    out.packed = pdf::deflate(samples, 6);
    return out;
  }
  std::string one;
  one.reserve(samples.size() / 3);
  for (std::size_t i = 0; i + 2 < samples.size(); i += 3) one += samples[i];
  out.packed = pdf::deflate(one, 6);
  return out;
}

result<std::string> press::print(const scan& s) const {
  if (!may_be_number(s.number)) return refuse(kind::invalid, "document.number");
  if (!may_be_language(s.language)) return refuse(kind::invalid, "document.language");
  if (s.pages.empty() || s.pages.size() > most_scanned)
    return refuse(kind::too_large, "document.too_long", "",
                  {{"most", std::to_string(most_scanned)}});
  laid_out content{canvas(in_->body), 0, {}};
  std::string seen;
  for (const auto& p : s.pages) {
    content.pages.new_page(p.width, p.height);
    content.pages.cover(p.seen);
    for (const auto& w : p.words)
      content.pages.word({w.x, w.y, w.width, w.height}, w.text, w.white);
    seen += p.seen.packed;
  }
  const trust::view identity[] = {trust::view_of(s.number), trust::view_of(s.title),
                                  trust::view_of(seen)};
  const trust::digest id = trust::sha256(identity);
  file_parts parts;
  parts.type = &in_->body;
  parts.content = &content;
  parts.title = s.title;
  parts.language = s.language;
  parts.author = s.author;
  parts.number = s.number;
  parts.layout_version = "scan";
  parts.issued = s.at;
  parts.colour_profile = in_->colour_profile;
  parts.file_id = text::chars_of(trust::view(id).first(16));
  return std::move(write_file(parts).bytes);
}

}  // namespace madang::documents
