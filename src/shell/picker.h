// The picker without a terminal: keys in, a screen as text out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "shell/keys.h"

namespace rolecall::shell {

// Not synchronised. Rows are shown in the given order until something is typed; rows that match
// equally well keep it.
//   Picker picker("profile", rows);
//   while (picker.outcome() == Picker::Outcome::open) { show(picker.draw(24, 80));
//   picker.press(key()); }
class Picker {
 public:
  struct Row {
    std::vector<std::string> fields;  // the first one is the row's name; all are shown and matched
  };
  enum class Outcome : std::uint8_t { open, taken, left };

  Picker(std::string title, std::vector<Row> rows, std::string query = {});

  void press(const Key& key);
  Outcome outcome() const { return outcome_; }
  // The index of the row that was taken, or that Enter would take.
  std::optional<std::size_t> current() const;
  std::size_t shown_count() const { return shown_.size(); }

  // The whole screen, from its first line: the query, a count, the rows. Escape sequences: clear to
  // the end of a line, bold, reverse. Never wider or higher than it is told.
  std::string draw(std::size_t rows, std::size_t columns);

 private:
  struct Shown {
    std::size_t row;
    int score;
    std::vector<std::vector<std::size_t>> marks;
  };
  void narrow();
  void move(std::ptrdiff_t by);
  std::string draw_row(const Shown& shown, bool selected, std::size_t columns) const;

  std::string title_, query_;
  std::vector<Row> rows_;
  std::vector<std::size_t> widths_;
  std::vector<Shown> shown_;
  std::size_t selected_ = 0, top_ = 0, page_ = 10;
  Outcome outcome_ = Outcome::open;
};

}  // namespace rolecall::shell
