// --include and --exclude: shell patterns on whole paths; the last one that matches decides.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rolecall::transfer {

// Python's fnmatch, which the AWS CLI uses: `*` (also over slashes), `?`, `[set]`, `[!set]`, on
// characters of UTF-8. Bytes that are not UTF-8 count as one character each. Time is at most the
// product of the two lengths.
bool matches_pattern(std::string_view pattern, std::string_view text);

struct FilterRule {
  bool include;
  std::string pattern;
};

// `roots`: the folder or "bucket/prefix" of either side. Patterns are relative to them.
class Filter {
 public:
  Filter() = default;
  Filter(const std::vector<FilterRule>& rules, const std::string& source_root,
         const std::string& target_root);
  // `path`: a local absolute path or "bucket/key".
  bool includes(std::string_view path) const;
  bool empty() const { return rules_.empty(); }

 private:
  struct Rule {
    bool include;
    std::string at_source, at_target;
  };
  std::vector<Rule> rules_;
};

// The root that patterns hang from: the folder itself for folder operations, else what holds the
// file. `path` as on the command line, "s3://…" or local.
std::string filter_root(std::string_view path, bool is_folder);

}  // namespace rolecall::transfer
