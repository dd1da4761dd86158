// What there is on one side of a command, in the order of keys: files below a folder, objects below
// a prefix. Asked for one by one, so that a bucket of any size costs one page.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "transfer/options.h"
#include "transfer/places.h"
#include "transfer/s3.h"

namespace rolecall::transfer {

struct File {
  bool on_s3 = false;
  std::string path;    // absolute, or "bucket/key"
  std::string target;  // where it would go to
  std::string key;     // relative, what sync compares
  std::optional<std::uint64_t> size = {};
  std::optional<Instant> modified = {};
  std::string etag = {};           // S3
  std::string storage_class = {};  // S3
  std::string restore = {};        // S3, when asked by HEAD
  // S3: the answer to HEAD, of a single object.
  std::shared_ptr<const s3::HeadObjectOutput> head = {};
};

class FileSource {
 public:
  virtual ~FileSource() = default;
  // nullopt: no more.
  virtual Result<std::optional<File>> next() = 0;
};

using Warn = std::function<void(std::string)>;

// Local files. What cannot be read is warned about and left out.
std::unique_ptr<FileSource> make_local_source(const Ends& ends, bool follow_symlinks, Warn warn);

struct ObjectSourceOptions {
  bool for_deletion = false;  // folders' markers count, and a single object is not looked at
  std::optional<std::int32_t> page_size = {};
  std::optional<std::string> request_payer = {};
  std::optional<CustomerKey> key = {};
};
std::unique_ptr<FileSource> make_object_source(const Ends& ends, S3& s3,
                                               ObjectSourceOptions options);

// One page of a listing, keys decoded.
struct ListPage {
  std::vector<s3::Object> objects;
  std::vector<std::string> prefixes;
  std::string next;  // "": the last page
};
Result<ListPage> list_page(S3& s3, s3::ListObjectsV2Input input);

// A key for the headers of SSE-C: base64 of it and of its MD5.
std::string customer_key_text(const CustomerKey& key);
std::string customer_key_md5(const CustomerKey& key);

}  // namespace rolecall::transfer
