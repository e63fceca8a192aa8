#include "flow.hpp"

#include <qrencode.h>

#include <memory>

#include "madang/base/text.hpp"
#include "qr.hpp"
#include "seal.hpp"

namespace madang::documents {
namespace {

constexpr std::size_t most_pages = 200;
constexpr double cell_size = 9.2, cell_line = 13.2, cell_padding = 4.6, cell_side = 6;
constexpr double label_size = 8.8;
constexpr double frame_line = 1.0, hair_line = 0.4, hair_grey = 0.62, label_grey = 0.955;
constexpr double code_side = 84, foot_room = 24, foot_size = 7.4;

// Ends laying out at the first refusal; never leaves lay_out.
struct stopped {
  refusal why;
};

// Codes of ours are alphanumeric; whatever else somebody wants on paper is drawn by libqrencode.
qr_symbol symbol_of(const std::string& text) {
  if (auto own = draw_qr(text)) return std::move(*own);
  std::unique_ptr<QRcode, void (*)(QRcode*)> other(
      QRcode_encodeString(text.c_str(), 0, QR_ECLEVEL_M, QR_MODE_8, 1), QRcode_free);
  if (!other) throw stopped{refuse(kind::too_large, "document.code_too_long")};
  const auto cells = static_cast<std::size_t>(other->width * other->width);
  return {other->width, 0, {other->data, other->data + cells}};
}

struct cell {
  double x = 0, width = 0;
  std::vector<std::string> lines;
  text_style style;
  bool shaded = false;
};

class flow {
 public:
  flow(const layout::inside& l, const values& v, const font& f)
      : layout_(l), values_(v), out_{canvas(f), 0, {}} {
    left_ = l.margins[3];
    width_ = page_width - l.margins[1] - left_;
    bottom_ = page_height - l.margins[2] - foot_room;
    new_page();
  }

  laid_out run() {
    for (std::size_t i = 0; i < layout_.body.size(); ++i) {
      const block& b = layout_.body[i];
      if (b.at_bottom && !at_bottom_) go_to_bottom(i);
      draw(b);
    }
    draw_feet();
    return std::move(out_);
  }

 private:
  const layout::inside& layout_;
  const values& values_;
  laid_out out_;
  double left_, width_, bottom_, y_ = 0;
  bool at_bottom_ = false, measuring_ = false, fresh_ = true;

  canvas& paper() { return out_.pages; }

  void new_page() {
    if (paper().pages() == most_pages)
      throw stopped{refuse(kind::too_large, "document.too_long", {},
                           {{"limit", std::to_string(most_pages)}})};
    paper().new_page();
    y_ = layout_.margins[0];
    fresh_ = true;
  }

  void need(double height) {
    // What was fitted to the foot exactly must not fall off it by a rounding.
    if (!measuring_ && !fresh_ && y_ + height > bottom_ + 0.01) new_page();
  }

  std::string filled(const text_template& t) { return filled(t, values_); }
  static std::string filled(const text_template& t, const values& v) {
    auto s = fill(t, v);
    if (!s) throw stopped{s.why()};
    return std::move(*s);
  }
  std::string said(const phrase& p) {
    return p.empty() ? std::string() : filled(p.in(values_.issue.language));
  }

  // All that follows stands at the foot of the page, on a page of its own if it has to.
  void go_to_bottom(std::size_t first) {
    at_bottom_ = true;
    measuring_ = true;
    const double from = y_;
    for (std::size_t i = first; i < layout_.body.size(); ++i) draw(layout_.body[i]);
    const double height = y_ - from;
    measuring_ = false;
    y_ = from;
    if (y_ + height > bottom_ && !fresh_) new_page();
    y_ = std::max(y_, bottom_ - height);
  }

  void draw(const block& b) {
    if (b.when && !holds(*b.when, values_)) return;
    std::visit([&](const auto& is) { draw_one(is); }, b.is);
    fresh_ = false;
  }

  void draw_one(const heading_block& b) {
    need(b.style.size * 2);
    text_style style = b.style;
    // Hangul is set wide in headings; letters would fall apart.
    if (values_.issue.language != "ko") style.spacing = std::min(style.spacing, 0.6);
    y_ += b.style.size * 1.2;
    if (!measuring_) paper().text(page_width / 2, y_, said(b.text), style);
    y_ += b.style.size * 0.7;
  }

  double anchor(align a) const {
    return a == align::left ? left_ : a == align::center ? left_ + width_ / 2 : left_ + width_;
  }

  void draw_one(const text_block& b) {
    const double line = b.style.size * (b.wraps ? 1.6 : 1.45);
    const std::string text = said(b.text);
    if (text.empty()) return;
    for (const std::string& s : paper().wrap(text, b.style.size, width_)) {
      need(line);
      y_ += line;
      if (!measuring_) paper().text(anchor(b.style.align), y_ - line * 0.28, s, b.style);
      fresh_ = false;
    }
  }

  void draw_one(const rule_block& b) {
    if (!measuring_) paper().horizontal(left_, y_ + b.thickness / 2, width_, b.thickness, 0);
    y_ += b.thickness;
  }
  void draw_one(const space_block& b) { y_ += b.height; }

  // -- grids: open at both sides, a strong line above and below, hair lines between --

  void open_grid() {
    need(frame_line + cell_line + 2 * cell_padding);
    if (!measuring_) paper().horizontal(left_, y_, width_, frame_line, 0.15);
  }
  void close_grid() {
    if (!measuring_) paper().horizontal(left_, y_, width_, frame_line, 0.15);
    y_ += frame_line;
  }

  void draw_part(const std::vector<cell>& cells, std::size_t from, std::size_t count) {
    const double height = static_cast<double>(count) * cell_line + 2 * cell_padding;
    if (!measuring_) {
      for (const cell& c : cells) {
        const rectangle inner{c.x, y_ + frame_line / 2, c.width, height - frame_line};
        if (c.shaded) paper().fill(inner, label_grey);
      }
      for (const cell& c : cells) {
        if (c.x > left_ + 1) paper().vertical(c.x, y_, height, hair_line, hair_grey);
        draw_lines(c, from, count);
      }
      paper().horizontal(left_, y_ + height, width_, hair_line, hair_grey);
    }
    y_ += height;
    fresh_ = false;
  }

  void draw_lines(const cell& c, std::size_t from, std::size_t count) {
    if (from >= c.lines.size()) return;
    const std::size_t mine = std::min(count, c.lines.size() - from);
    // Short cells stand in the middle of a tall row.
    double y = y_ + cell_padding + static_cast<double>(count - mine) * cell_line / 2;
    const double x = c.style.align == align::left     ? c.x + cell_side
                     : c.style.align == align::center ? c.x + c.width / 2
                                                      : c.x + c.width - cell_side;
    for (std::size_t i = from; i < from + mine; ++i) {
      y += cell_line;
      paper().text(x, y - cell_line / 2 + c.style.size * 0.36, c.lines[i], c.style);
    }
  }

  // A row goes to the next page whole, unless it is longer than a page.
  template <class Header>
  void draw_row(const std::vector<cell>& cells, Header&& repeat_header) {
    std::size_t lines = 1;
    for (const cell& c : cells) lines = std::max(lines, c.lines.size());
    for (std::size_t from = 0; from < lines;) {
      const double room = bottom_ - y_ - 2 * cell_padding;
      auto fits = static_cast<std::size_t>(std::max(0.0, room / cell_line));
      if (measuring_) fits = lines;
      if (fits < lines - from && !just_opened_) {
        close_grid();
        new_page();
        open_grid();
        repeat_header();
        just_opened_ = true;
        continue;
      }
      const std::size_t count = std::min(lines - from, std::max<std::size_t>(1, fits));
      draw_part(cells, from, count);
      just_opened_ = false;
      from += count;
    }
  }
  bool just_opened_ = false;

  cell label_cell(double x, double w, const std::string& text, align a) {
    text_style style{label_size, a, false, false, 0};
    return {x, w, paper().wrap(text, label_size, w - 2 * cell_side), style, true};
  }

  void draw_one(const facts_block& b) {
    open_grid();
    const double column = width_ / b.columns;
    std::vector<cell> row;
    int used = 0;
    auto close_row = [&] {
      if (row.empty()) return;
      // A grid without holes: the last value takes what is left of its row.
      if (used < b.columns) row.back().width += column * (b.columns - used);
      draw_row(row, [] {});
      row.clear();
      used = 0;
    };
    for (const facts_row& r : b.rows) {
      if (r.when && !holds(*r.when, values_)) continue;
      if (used + r.span > b.columns) close_row();
      const double x = left_ + column * used, w = column * r.span;
      row.push_back(label_cell(x, b.label_width, said(r.label), align::left));
      const double value_width = w - b.label_width;
      row.push_back({x + b.label_width, value_width,
                     paper().wrap(filled(r.value), cell_size, value_width - 2 * cell_side),
                     {cell_size, align::left, false, false, 0}, false});
      used += r.span;
    }
    close_row();
    close_grid();
  }

  void draw_one(const table_block& b) {
    auto rows = rows_at(b.rows, values_);
    if (!rows) throw stopped{rows.why()};
    if (!*rows && b.empty.empty())
      throw stopped{refuse(kind::invalid, "document.missing", b.rows.written)};
    double shares = 0;
    for (const table_column& c : b.columns) shares += c.width;
    std::vector<cell> header;
    double x = left_;
    for (const table_column& c : b.columns) {
      const double w = width_ * c.width / shares;
      header.push_back(label_cell(x, w, said(c.label), align::center));
      x += w;
    }
    auto draw_header = [&] { draw_whole(header); };
    // A header alone at the foot of a page helps nobody.
    need(4 * cell_line + 4 * cell_padding);
    open_grid();
    draw_header();
    just_opened_ = false;
    if (!*rows || (*rows)->empty()) {
      const text_style style{cell_size, align::center, false, true, 0};
      draw_row({{left_, width_, {said(b.empty)}, style, false}}, draw_header);
    } else {
      values v = values_;
      for (const json::value& row : **rows) {
        v.row = &row;
        ++v.row_number;
        draw_row(cells_of(b, header, v), draw_header);
      }
    }
    close_grid();
  }

  // A page each, as large as the frame lets it be; what follows begins below the last.
  void draw_one(const pictures_block& b) {
    auto rows = rows_at(b.rows, values_);
    if (!rows) throw stopped{rows.why()};
    if (!*rows) return;
    values v = values_;
    for (const json::value& row : **rows) {
      v.row = &row;
      ++v.row_number;
      picture p = picture_in(row, b.rows.written);
      if (!fresh_) new_page();
      if (!b.above.empty()) {
        paper().text(left_, y_ + label_size, filled(b.above.in(values_.issue.language), v),
                     {label_size, align::left, false, true, 0});
        y_ += 2 * label_size;
      }
      const double most = bottom_ - y_;
      const double scale = std::min(width_ / p.columns, most / p.rows);
      const rectangle at{left_, y_, p.columns * scale, p.rows * scale};
      paper().place(at, std::move(p));
      y_ += at.height;
      fresh_ = false;
    }
  }

  static picture picture_in(const json::value& row, const std::string& where) {
    constexpr std::int64_t longest_side = 10'000;
    const std::int64_t columns = json::num(row, "columns"), rows = json::num(row, "rows");
    const auto packed = text::from_base64(json::str(row, "packed"));
    if (columns < 1 || rows < 1 || columns > longest_side || rows > longest_side || !packed)
      throw stopped{refuse(kind::invalid, "document.missing", where)};
    return {static_cast<int>(columns), static_cast<int>(rows), json::flag(row, "grey"),
            std::string(text::chars_of(*packed))};
  }

  void draw_whole(const std::vector<cell>& cells) {
    std::size_t lines = 1;
    for (const cell& c : cells) lines = std::max(lines, c.lines.size());
    draw_part(cells, 0, lines);
  }

  std::vector<cell> cells_of(const table_block& b, const std::vector<cell>& header,
                             const values& v) {
    std::vector<cell> out;
    for (std::size_t i = 0; i < b.columns.size(); ++i) {
      const table_column& c = b.columns[i];
      cell made{header[i].x, header[i].width, {}, {cell_size, c.align, false, false, 0}, false};
      for (const text_template& line : c.lines) {
        const std::string text = filled(line, v);
        if (text.empty() && c.lines.size() > 1) continue;
        for (std::string& s : paper().wrap(text, cell_size, made.width - 2 * cell_side))
          made.lines.push_back(std::move(s));
      }
      out.push_back(std::move(made));
    }
    return out;
  }

  void draw_one(const seal_block& b) {
    constexpr double height = 152;
    need(height);
    const double top = y_;
    y_ += height;
    if (measuring_) return;
    const double middle = page_width / 2;
    text_style statement{11, align::center, false, false, 0};
    double line = top + 24;
    for (const std::string& s : paper().wrap(said(b.statement), statement.size, width_ - 40)) {
      paper().text(middle, line, s, statement);
      line += 17;
    }
    const civil when = in_zone(values_.issue.issued);
    paper().text(middle, std::max(line + 14, top + 62), written(when.date, values_.issue.language),
                 {11.5, align::center, false, false, 0.6});
    const std::string agency = values_.issue.agency.in(values_.issue.language);
    const double wide = values_.issue.language == "ko" ? 0.15 : 0.03;
    text_style name{20, align::center, true, false, 20 * wide};
    constexpr double overlap = 14;
    while (name.size > 9 &&
           paper().width(agency, name.size, name.spacing) > width_ - 2 * (seal_size - overlap))
      name.size -= 0.5, name.spacing = name.size * wide;
    const double base = top + 116;
    paper().text(middle, base, agency, name);
    const double end = middle + paper().width(agency, name.size, name.spacing) / 2;
    out_.seal = {end - overlap, base - name.size * 0.36 - seal_size / 2, seal_size, seal_size};
    out_.seal_page = paper().pages() - 1;
  }

  void draw_one(const code_block& b) {
    if (values_.issue.code.empty()) return;
    need(code_side + 8);
    if (!measuring_) {
      const qr_symbol symbol = symbol_of(values_.issue.code);
      paper().symbol({left_, y_ + 2, code_side, code_side}, symbol.cells.data(), symbol.side);
      const double x = left_ + code_side + 16;
      const text_style style{8, align::left, false, true, 0};
      const auto lines = paper().wrap(said(b.beside), style.size, left_ + width_ - x);
      double y = y_ + 2 + code_side - static_cast<double>(lines.size()) * 13 + 9;
      for (const std::string& s : lines) {
        paper().text(x, y, s, style);
        y += 13;
      }
    }
    y_ += code_side + 8;
  }

  void draw_feet() {
    const std::string words = said(layout_.footer);
    const double y = page_height - layout_.margins[2];
    for (std::size_t i = 0; i < paper().pages(); ++i) {
      paper().on_page(i);
      paper().horizontal(left_, y - 11, width_, hair_line, hair_grey);
      paper().text(left_, y, words, {foot_size, align::left, false, true, 0});
      paper().text(left_ + width_, y,
                   std::to_string(i + 1) + " / " + std::to_string(paper().pages()),
                   {foot_size, align::right, false, true, 0});
    }
  }
};

}  // namespace

result<laid_out> lay_out(const layout::inside& l, const values& v, const font& f) {
  try {
    return flow(l, v, f).run();
  } catch (const stopped& s) {
    return s.why;
  }
}

}  // namespace madang::documents
