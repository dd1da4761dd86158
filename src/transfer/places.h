// Where things come from and go to: s3://bucket/key and local paths, and the name each file gets on
// the other side.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace rolecall::transfer {

inline constexpr std::string_view kScheme = "s3://";

inline bool is_s3(std::string_view path) { return path.starts_with(kScheme); }

struct S3Path {
  std::string bucket, key;
  bool operator==(const S3Path&) const = default;
};
// "bucket/key", without the scheme. An access point's ARN counts as the bucket.
S3Path split_s3_path(std::string_view path);
// What the s3 commands cannot reach: ARNs of access points, object lambdas and outposts.
Status check_s3_path(std::string_view path);

// os.path's functions of the same sense, on text alone.
std::string normal_path(std::string_view path);    // dots and double slashes removed
std::string absolute_path(std::string_view path);  // from the working folder
std::string relative_path(std::string_view path);  // "./a" for an absolute path, as it is printed

struct Place {
  bool s3 = false;
  std::string path;  // absolute, or "bucket/key"; a folder's ends with a slash
};

// Both ends of a command.
struct Ends {
  Place source, target;
  bool is_folder = false;
  bool keeps_name = false;  // the target's name is the source's
};
Ends make_ends(std::string_view source, std::string_view target, bool is_folder);

struct Names {
  std::string target;
  std::string key;  // relative to the source, with slashes: what sync compares
};
Names name_at_target(const Ends& ends, std::string_view source_path);

// Whether a name from a bucket leads out of the folder it is put in.
bool leads_outside(std::string_view key);

}  // namespace rolecall::transfer
