#include "pdf_file.hpp"

#include <fmt/format.h>

#include "madang/pdf/deflate.hpp"
#include "madang/base/text.hpp"
#include "madang/base/time.hpp"

namespace madang::documents {
namespace {

constexpr const char* font_tag = "MADANG+";

std::string hex_digits(std::string_view octets) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(octets.size() * 2);
  for (unsigned char c : octets) {
    out += digits[c >> 4];
    out += digits[c & 15];
  }
  return out;
}

// A text string in UTF-16BE with its mark (ISO 32000-1 section 7.9.2.2), as hex.
std::string text_string(std::string_view utf8) {
  std::string out = "<FEFF";
  while (!utf8.empty()) {
    char32_t c = next_point(utf8);
    if (c > 0xffff) {
      c -= 0x10000;
      put_hex16(out, 0xd800 + (c >> 10));
      c = 0xdc00 + (c & 0x3ff);
    }
    put_hex16(out, c);
  }
  return out + '>';
}

std::string escaped(std::string_view s) {
  std::string out;
  for (char c : s) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return out;
}

class writer {
 public:
  explicit writer(const file_parts& p) : p_(p), pages_(p.content->pages.pages()) {
    sealed_ = !p.appearance.empty();
    widget_ = 12 + 2 * pages_;
    offsets_.resize(widget_ + (sealed_ ? 3 : 0));
    next_picture_ = offsets_.size();
    file_.bytes.reserve(64 * 1024);
    // Any offset names the same instant; Seoul has no summer time: +09:00 all year.
    const civil when = in_zone(p.issued, "Asia/Seoul");
    const unsigned year = static_cast<unsigned>(when.date.year());
    pdf_date_ = fmt::format("D:{:04}{:02}{:02}{:02}{:02}{:02}+09'00'", year, when.date.month(),
                            when.date.day(), when.hour, when.minute, when.second);
    xmp_date_ = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}+09:00", year, when.date.month(),
                            when.date.day(), when.hour, when.minute, when.second);
  }

  pdf_file write() {
    out() = "%PDF-1.4\n%\xE2\xE3\xCF\xD3\n";
    write_structure();
    write_font();
    write_descriptions();
    write_pages();
    if (sealed_) write_signature();
    write_pictures();
    write_end();
    if (sealed_) patch_ranges();
    return std::move(file_);
  }

 private:
  const file_parts& p_;
  std::size_t pages_, widget_ = 0, next_picture_ = 0;
  bool sealed_ = false;
  std::vector<std::size_t> offsets_;
  pdf_file file_;
  std::size_t ranges_at_ = 0;
  std::string pdf_date_, xmp_date_;

  std::string& out() { return file_.bytes; }

  void object(std::size_t n, std::string_view body) {
    begin(n);
    out() += body;
    out() += "\nendobj\n";
  }
  void begin(std::size_t n) {
    offsets_[n] = out().size();
    out() += std::to_string(n);
    out() += " 0 obj\n";
  }
  void stream(std::size_t n, std::string_view keys, std::string_view data) {
    begin(n);
    out() += "<<";
    out() += keys;
    out() += "/Length ";
    out() += std::to_string(data.size());
    out() += ">>\nstream\n";
    out() += data;
    out() += "\nendstream\nendobj\n";
  }

  void write_structure() {
    object(1, fmt::format(
                  "<</Type/Catalog/Pages 2 0 R/Metadata 7 0 R/Lang({})"
                  "/ViewerPreferences<</DisplayDocTitle true>>"
                  "/OutputIntents[<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB)"
                  "/Info(sRGB)/DestOutputProfile 8 0 R>>]{}>>",
                  p_.language == "ko" ? "ko-KR" : p_.language,
                  sealed_ ? fmt::format("/AcroForm<</SigFlags 3/Fields[{} 0 R]>>", widget_) : ""));
    std::string kids;
    for (std::size_t i = 0; i < pages_; ++i) kids += fmt::format("{} 0 R ", 12 + 2 * i);
    object(2, fmt::format("<</Type/Pages/Kids[{}]/Count {}/MediaBox[0 0 595.28 841.89]"
                          "/Resources<</Font<</F 3 0 R>>>>>>", kids, pages_));
  }

  void write_font() {
    const subset& glyphs = p_.content->pages.glyphs();
    const std::string name = font_tag + p_.type->postscript_name();
    object(3, fmt::format("<</Type/Font/Subtype/Type0/BaseFont/{}/Encoding/Identity-H"
                          "/DescendantFonts[4 0 R]/ToUnicode 6 0 R>>", name));
    std::string widths;
    for (std::size_t i = 0; i < glyphs.size(); ++i) {
      widths += std::to_string(p_.type->advance(glyphs.glyph(i)));
      widths += ' ';
    }
    object(4, fmt::format("<</Type/Font/Subtype/CIDFontType2/BaseFont/{}/CIDSystemInfo<<"
                          "/Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor 5 0 R"
                          "/CIDToGIDMap/Identity/DW 1000/W[0[{}]]>>", name, widths));
    const int* box = p_.type->box();
    object(5, fmt::format("<</Type/FontDescriptor/FontName/{}/Flags 4/FontBBox[{} {} {} {}]"
                          "/ItalicAngle 0/Ascent {}/Descent {}/CapHeight 700/StemV 80"
                          "/FontFile2 9 0 R/CIDSet 10 0 R>>",
                          name, box[0], box[1], box[2], box[3], p_.type->ascent(),
                          p_.type->descent()));
    stream(6, "/Filter/FlateDecode", pdf::deflate(to_unicode(glyphs)));
    stream(7, "/Type/Metadata/Subtype/XML", xmp());
    stream(8, "/N 3/Filter/FlateDecode", p_.colour_profile);
    const std::string font_file = glyphs.true_type();
    stream(9, fmt::format("/Filter/FlateDecode/Length1 {}", font_file.size()),
           pdf::deflate(font_file));
    std::string set((glyphs.size() + 7) / 8, '\0');
    for (std::size_t i = 0; i < glyphs.size(); ++i)
      set[i / 8] = static_cast<char>(set[i / 8] | (0x80 >> (i % 8)));
    stream(10, "", set);
  }

  // So that text can be searched, copied and read aloud (ISO 32000-1 section 9.10.3).
  static std::string to_unicode(const subset& glyphs) {
    std::string s =
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CIDSystemInfo <</Registry "
        "(Adobe) /Ordering (UCS) /Supplement 0>> def /CMapName /Adobe-Identity-UCS def /CMapType 2 "
        "def 1 begincodespacerange <0000> <FFFF> endcodespacerange\n";
    std::vector<std::size_t> shown;
    for (std::size_t i = 1; i < glyphs.size(); ++i)
      if (glyphs.unicode(i)) shown.push_back(i);
    constexpr std::size_t most = 100;   // entries in one block of a CMap
    for (std::size_t i = 0; i < shown.size(); i += most) {
      const std::size_t count = std::min(most, shown.size() - i);
      s += std::to_string(count) + " beginbfchar\n";
      for (std::size_t k = i; k < i + count; ++k) {
        s += '<';
        put_hex16(s, static_cast<unsigned>(shown[k]));
        s += "> <";
        put_hex16(s, glyphs.unicode(shown[k]));
        s += ">\n";
      }
      s += "endbfchar\n";
    }
    return s + "endcmap CMapName currentdict /CMap defineresource pop end end";
  }

  // XMP must say what the information dictionary says (ISO 19005-1 section 6.7.3).
  std::string xmp() const {
    return fmt::format(
        "<?xpacket begin=\"\xEF\xBB\xBF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
        "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF "
        "xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\" "
        "xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\" "
        "xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" "
        "xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\"><pdfaid:part>1</pdfaid:part>"
        "<pdfaid:conformance>B</pdfaid:conformance><dc:format>application/pdf</dc:format>"
        "<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">{}</rdf:li></rdf:Alt></dc:title>"
        "<dc:creator><rdf:Seq><rdf:li>{}</rdf:li></rdf:Seq></dc:creator>"
        "<dc:language><rdf:Bag><rdf:li>{}</rdf:li></rdf:Bag></dc:language>"
        "<xmp:CreateDate>{}</xmp:CreateDate><xmp:ModifyDate>{}</xmp:ModifyDate>"
        "<pdf:Producer>Madang</pdf:Producer></rdf:Description></rdf:RDF></x:xmpmeta>\n"
        "<?xpacket end=\"r\"?>",
        escaped(p_.title), escaped(p_.author), p_.language, xmp_date_, xmp_date_);
  }

  void write_descriptions() {
    object(11, fmt::format("<</Title {}/Author {}/Producer(Madang)/CreationDate({})/ModDate({})"
                           "/MadangIssue({})/MadangLayout({})>>",
                           text_string(p_.title), text_string(p_.author), pdf_date_, pdf_date_,
                           p_.number, p_.layout_version));
  }

  void write_pages() {
    for (std::size_t i = 0; i < pages_; ++i) {
      const bool bears_seal = sealed_ && i == p_.content->seal_page;
      object(12 + 2 * i,
             fmt::format("<</Type/Page/Parent 2 0 R/Contents {} 0 R{}{}>>", 13 + 2 * i,
                         bears_seal ? fmt::format("/Annots[{} 0 R]", widget_) : "",
                         own_sheet(p_.content->pages.sheet_of(i))));
      stream(13 + 2 * i, "/Filter/FlateDecode", pdf::deflate(p_.content->pages.stream(i)));
    }
  }

  // A page of another size, or with a picture: what the others inherit is said anew.
  std::string own_sheet(const canvas::sheet& of) {
    std::string s;
    if (of.width != page_width || of.height != page_height)
      s += fmt::format("/MediaBox[0 0 {:.2f} {:.2f}]", of.width, of.height);
    if (of.below)
      s += fmt::format("/Resources<</Font<</F 3 0 R>>/XObject<</P {} 0 R>>>>", next_picture_++);
    return s;
  }

  void write_pictures() {
    for (std::size_t i = 0; i < pages_; ++i) {
      const auto& below = p_.content->pages.sheet_of(i).below;
      if (!below) continue;
      offsets_.push_back(0);
      stream(offsets_.size() - 1,
             fmt::format("/Type/XObject/Subtype/Image/Width {}/Height {}/BitsPerComponent 8"
                         "/ColorSpace/Device{}/Filter/FlateDecode",
                         below->columns, below->rows, below->grey ? "Gray" : "RGB"),
             below->packed);
    }
  }

  void write_signature() {
    const rectangle& r = p_.content->seal;
    object(widget_,
           fmt::format("<</Type/Annot/Subtype/Widget/FT/Sig/T(Seal)/F 132"
                       "/Rect[{:.2f} {:.2f} {:.2f} {:.2f}]/P {} 0 R/V {} 0 R/AP<</N {} 0 R>>>>",
                       r.x, page_height - r.y - r.height, r.x + r.width, page_height - r.y,
                       12 + 2 * p_.content->seal_page, widget_ + 1, widget_ + 2));
    begin(widget_ + 1);
    out() += fmt::format("<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M({})"
                         "/Name {}/MadangIssue({})/ByteRange[",
                         pdf_date_, text_string(p_.author), p_.number);
    ranges_at_ = out().size();
    out() += "0 0000000000 0000000000 0000000000]/Contents";
    file_.contents_at = out().size();
    out() += '<';
    out().append(2 * reserved_signature, '0');
    out() += '>';
    file_.contents_end = out().size();
    out() += ">>\nendobj\n";
    stream(widget_ + 2,
           fmt::format("/Type/XObject/Subtype/Form/BBox[0 0 {} {}]/Filter/FlateDecode",
                       r.width, r.height),
           p_.appearance);
  }

  void write_end() {
    const std::size_t at = out().size();
    out() += fmt::format("xref\n0 {}\n0000000000 65535 f \n", offsets_.size());
    for (std::size_t i = 1; i < offsets_.size(); ++i)
      out() += fmt::format("{:010} 00000 n \n", offsets_[i]);
    const std::string id = hex_digits(p_.file_id);
    out() += fmt::format("trailer\n<</Size {}/Root 1 0 R/Info 11 0 R/ID[<{}><{}>]>>\n"
                         "startxref\n{}\n%%EOF\n", offsets_.size(), id, id, at);
  }

  void patch_ranges() {
    const std::string ranges =
        fmt::format("0 {:010} {:010} {:010}", file_.contents_at, file_.contents_end,
                    out().size() - file_.contents_end);
    out().replace(ranges_at_, ranges.size(), ranges);
  }
};

}  // namespace

std::vector<trust::view> pdf_file::signed_ranges() const {
  const trust::view all = trust::view_of(bytes);
  return {all.first(contents_at), all.subspan(contents_end)};
}

bool pdf_file::put_signature(trust::view cms) {
  if (cms.size() > reserved_signature) return false;
  bytes.replace(contents_at + 1, 2 * cms.size(), hex_digits(text::chars_of(cms)));
  return true;
}

pdf_file write_file(const file_parts& parts) { return writer(parts).write(); }

}  // namespace madang::documents
