// One box of a table: a title, column heads, rows; boxes within boxes are sections of a deeper
// level. Private to the room.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace rolecall::render {

class Section {
 public:
  Section(std::string title, std::size_t level) : title_(std::move(title)), level_(level) {}

  Status set_headers(std::vector<std::string> headers);
  // All rows of a section have the same number of cells.
  Status add_row(std::vector<std::string> row);

  // What it needs, borders and those of the levels around it included.
  std::size_t width() const;
  // `Header | value` lines instead of a head and its only row: for tables wider than the terminal.
  void stand_up();

  // Every line ends with a line feed, and is printed between bars of the levels around it.
  std::vector<std::string> lines(std::size_t total_width, bool colour) const;
  std::size_t level() const { return level_; }

 private:
  Status widen(const std::vector<std::string>& row);
  std::vector<std::size_t> column_widths(std::size_t total) const;

  std::string title_;
  std::size_t level_;
  std::vector<std::string> headers_;
  std::vector<std::vector<std::string>> rows_;
  std::optional<std::size_t> columns_;
  std::vector<std::size_t> widths_;  // of the widest cell
};

}  // namespace rolecall::render
