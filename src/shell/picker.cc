#include "shell/picker.h"

#include <algorithm>

#include "shell/columns.h"
#include "shell/match.h"

namespace rolecall::shell {
namespace {

constexpr std::size_t kQueryBytesMax = 256;
constexpr std::size_t kFieldColumnsMax = 40;
constexpr std::size_t kHeadLines = 2;

constexpr std::string_view kToLineEnd = "\x1b[K";
constexpr std::string_view kPlain = "\x1b[0m", kBold = "\x1b[1m", kReverse = "\x1b[7m",
                           kFaint = "\x1b[2m", kUnderline = "\x1b[4m";

void erase_last_point(std::string& text) {
  while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0) == 0x80) text.pop_back();
  if (!text.empty()) text.pop_back();
}

}  // namespace

Picker::Picker(std::string title, std::vector<Row> rows, std::string query)
    : title_(std::move(title)), query_(std::move(query)), rows_(std::move(rows)) {
  for (const Row& row : rows_) {
    widths_.resize(std::max(widths_.size(), row.fields.size()));
    for (std::size_t i = 0; i < row.fields.size(); ++i) {
      widths_[i] = std::max(widths_[i], std::min(columns_of(row.fields[i]), kFieldColumnsMax));
    }
  }
  narrow();
}

void Picker::narrow() {
  shown_.clear();
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    auto match = match_row(query_, rows_[i].fields);
    if (match) shown_.push_back({i, match->score, std::move(match->marks)});
  }
  std::stable_sort(shown_.begin(), shown_.end(),
                   [](const Shown& a, const Shown& b) { return a.score > b.score; });
  selected_ = top_ = 0;
}

void Picker::move(std::ptrdiff_t by) {
  if (shown_.empty()) return;
  const auto last = static_cast<std::ptrdiff_t>(shown_.size()) - 1;
  selected_ = static_cast<std::size_t>(
      std::clamp<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(selected_) + by, 0, last));
}

void Picker::press(const Key& key) {
  const auto page = static_cast<std::ptrdiff_t>(page_);
  const auto all = static_cast<std::ptrdiff_t>(shown_.size());
  switch (key.kind) {
    case Key::Kind::text:
      if (query_.size() + key.text.size() > kQueryBytesMax) return;
      query_ += key.text;
      return narrow();
    case Key::Kind::backspace:
      erase_last_point(query_);
      return narrow();
    case Key::Kind::erase_word:
      while (query_.ends_with(' ')) query_.pop_back();
      query_.resize(query_.rfind(' ') + 1);  // npos + 1 is 0
      return narrow();
    case Key::Kind::erase_all:
      query_.clear();
      return narrow();
    case Key::Kind::up:
      return move(-1);
    case Key::Kind::down:
      return move(1);
    case Key::Kind::page_up:
      return move(-page);
    case Key::Kind::page_down:
      return move(page);
    case Key::Kind::first:
      return move(-all);
    case Key::Kind::last:
      return move(all);
    case Key::Kind::enter:
      if (!shown_.empty()) outcome_ = Outcome::taken;
      return;
    case Key::Kind::leave:
      outcome_ = Outcome::left;
      return;
    case Key::Kind::other:
      return;
  }
}

std::optional<std::size_t> Picker::current() const {
  if (shown_.empty()) return std::nullopt;
  return shown_[selected_].row;
}

std::string Picker::draw_row(const Shown& shown, bool selected, std::size_t columns) const {
  std::string out(selected ? kReverse : std::string_view());
  std::string_view resume = selected ? kReverse : std::string_view();
  std::size_t used = 0;
  const Row& row = rows_[shown.row];
  const auto put = [&](std::string_view text, std::size_t width) {
    if (used + width > columns) return false;
    out += text;
    used += width;
    return true;
  };
  put(selected ? "> " : "  ", 2);
  for (std::size_t i = 0; i < row.fields.size(); ++i) {
    // A field that is too long is cut in the middle of nowhere; its marks stay where they are.
    std::string_view rest = row.fields[i];
    std::size_t field = 0;
    const std::size_t room = i + 1 == row.fields.size() ? columns : widths_[i];
    bool full = false;
    while (!rest.empty() && !full) {
      const std::size_t at = row.fields[i].size() - rest.size();
      const Glyph glyph = take_glyph(rest);
      if (field + glyph.columns > room) break;
      const bool marked = std::binary_search(shown.marks[i].begin(), shown.marks[i].end(), at);
      if (marked) out.append(kBold).append(kUnderline);
      full = !put(glyph.bytes, glyph.columns);
      if (marked) out.append(kPlain).append(resume);
      field += glyph.columns;
    }
    if (i + 1 == row.fields.size() || full) break;
    // A column that is empty in every row takes no place.
    while (widths_[i] > 0 && field < widths_[i] + 2 && put(" ", 1)) ++field;
  }
  return out.append(kPlain);
}

std::string Picker::draw(std::size_t rows, std::size_t columns) {
  const std::size_t lines = rows > kHeadLines ? rows - kHeadLines : 0;
  page_ = std::max<std::size_t>(lines, 1);
  if (selected_ < top_) top_ = selected_;
  if (lines > 0 && selected_ >= top_ + lines) top_ = selected_ - lines + 1;
  // The last row is never further up than it must be.
  if (shown_.size() <= top_ + lines) top_ = shown_.size() > lines ? shown_.size() - lines : 0;

  std::string out;
  // The end of what was typed is what one wants to see.
  std::string_view typed = query_;
  const std::string prompt = title_ + "> ";
  while (!typed.empty() && columns_of(typed) + prompt.size() + 1 > columns) take_glyph(typed);
  const std::string shown_query = cut_to(prompt, columns) + std::string(typed);
  out.append(shown_query).append(kToLineEnd);
  if (rows >= kHeadLines) {
    const std::string count = "  " + std::to_string(shown_.size()) + "/" +
                              std::to_string(rows_.size()) + "  Enter takes, Esc leaves";
    out.append("\r\n").append(kFaint).append(cut_to(count, columns)).append(kPlain);
    out.append(kToLineEnd);
  }
  for (std::size_t i = 0; i < lines; ++i) {
    out += "\r\n";
    if (top_ + i < shown_.size()) {
      out += draw_row(shown_[top_ + i], top_ + i == selected_, columns);
    }
    out += kToLineEnd;
  }
  // The cursor goes behind the query.
  out.append("\x1b[1;").append(std::to_string(columns_of(shown_query) + 1)).append("H");
  return out;
}

}  // namespace rolecall::shell
