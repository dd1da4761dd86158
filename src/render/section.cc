#include "render/section.h"

#include <algorithm>
#include <cmath>

#include "render/table.h"

namespace rolecall::render {

namespace {

constexpr std::size_t kPadding = 4;  // two blanks on either side of a cell

constexpr std::string_view kCellColour = "\033[1m\033[34m", kReset = "\033[0m";

void append_blanks(std::string& out, std::ptrdiff_t count) {
  if (count > 0) out.append(static_cast<std::size_t>(count), ' ');
}

// `edge` is the bar on the left of the first cell of a line, else nothing.
void append_centred(std::string& out, std::string_view text, std::size_t length,
                    std::string_view edge) {
  const auto wanted = static_cast<std::ptrdiff_t>(length);
  const auto width = static_cast<std::ptrdiff_t>(display_width(text));
  const std::ptrdiff_t before = wanted / 2 - width / 2 - 1;
  out.append(edge);
  append_blanks(out, before);
  out.append(text);
  append_blanks(out, wanted - 1 - (static_cast<std::ptrdiff_t>(edge.size()) + before + width));
  out.push_back('|');
}

void append_left(std::string& out, std::string_view text, std::size_t length, std::string_view edge,
                 bool colour) {
  const std::size_t width = display_width(text);
  const std::size_t padding = width + 2 + edge.size() + 1 <= length ? 2 : 0;
  out.append(edge).append(padding, ' ');
  if (colour) out.append(kCellColour);
  out.append(text);
  if (colour) out.append(kReset);
  append_blanks(out, static_cast<std::ptrdiff_t>(length) -
                         static_cast<std::ptrdiff_t>(edge.size() + padding + width + 1));
  out.push_back('|');
}

std::string rule(const std::vector<std::size_t>& widths) {
  std::string out;
  for (const std::size_t width : widths) {
    const std::size_t edges = out.empty() ? 2 : 1;
    if (out.empty()) out.push_back('+');
    out.append(width > edges ? width - edges : 0, '-').push_back('+');
  }
  return out + '\n';
}

}  // namespace

Status Section::widen(const std::vector<std::string>& row) {
  if (widths_.empty()) widths_.assign(row.size(), 0);
  if (row.size() > widths_.size()) {
    return ApiError::make(400, "IndexError", "list index out of range");
  }
  for (std::size_t i = 0; i < row.size(); ++i) {
    widths_[i] = std::max(widths_[i], display_width(row[i]));
  }
  return {};
}

Status Section::set_headers(std::vector<std::string> headers) {
  RC_CHECK(widen(headers));
  if (!columns_) columns_ = headers.size();
  headers_ = std::move(headers);
  return {};
}

Status Section::add_row(std::vector<std::string> row) {
  if (!columns_) columns_ = row.size();
  if (row.size() != *columns_) {
    return ApiError::make(400, "ValueError",
                          "Row should have " + std::to_string(*columns_) +
                              " elements, instead it has " + std::to_string(row.size()));
  }
  RC_CHECK(widen(row));
  rows_.push_back(std::move(row));
  return {};
}

std::size_t Section::width() const {
  std::size_t total = 2;
  for (const std::size_t width : widths_) total += width + kPadding;
  return std::max(display_width(title_) + 2, total) + 2 * level_;
}

void Section::stand_up() {
  if (rows_.size() != 1 || headers_.empty()) return;
  Section upright(title_, level_);
  for (std::size_t i = 0; i < std::min(headers_.size(), rows_[0].size()); ++i) {
    (void)upright.add_row({headers_[i], rows_[0][i]});  // two cells each
  }
  *this = std::move(upright);
}

// Scaled so that they fill the table, then corrected one by one: from the left when they are too
// wide, from the right when they are too narrow.
std::vector<std::size_t> Section::column_widths(std::size_t total) const {
  double natural = 0;
  for (const std::size_t width : widths_) natural += static_cast<double>(width + kPadding);
  std::vector<std::size_t> out;
  std::size_t sum = 0;
  for (const std::size_t width : widths_) {
    const double scale = static_cast<double>(total) / natural;
    out.push_back(static_cast<std::size_t>(
        std::nearbyint(scale * static_cast<double>(width + kPadding))));  // halves to even
    sum += out.back();
  }
  for (std::size_t i = 0; sum > total; i = (i + 1) % out.size(), --sum) --out[i];
  for (std::size_t i = 0; !out.empty() && sum < total; i = (i + 1) % out.size(), ++sum) {
    ++out[out.size() - 1 - i];
  }
  return out;
}

std::vector<std::string> Section::lines(std::size_t total_width, bool colour) const {
  const std::size_t inner = total_width - 2 * level_;
  std::vector<std::string> out;
  if (!title_.empty()) {
    append_centred(out.emplace_back(), title_, inner, "|");
    out.back().push_back('\n');
    if (headers_.empty() && rows_.empty()) {
      out.push_back("+" + std::string(inner - 2, '-') + "+\n");
    }
  }
  const std::vector<std::size_t> widths = column_widths(inner);
  if (!headers_.empty()) {
    out.push_back(rule(widths));
    std::string line;
    for (std::size_t i = 0; i < std::min(widths.size(), headers_.size()); ++i) {
      append_centred(line, headers_[i], widths[i], i == 0 ? "|" : "");
    }
    out.push_back(line + '\n');
  }
  if (rows_.empty() || widths.empty()) return out;
  out.push_back(rule(widths));
  for (const std::vector<std::string>& row : rows_) {
    std::string& line = out.emplace_back();
    for (std::size_t i = 0; i < row.size(); ++i) {
      append_left(line, row[i], widths[i], i == 0 ? "|" : "", colour);
    }
    line.push_back('\n');
  }
  out.push_back(rule(widths));
  return out;
}

}  // namespace rolecall::render
