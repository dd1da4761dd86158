// Listings and multipart uploads, on a real store.
#include "base/encoding.h"
#include "crypto/checksum.h"
#include "crypto/hash.h"
#include "services/s3/s3_fixture.h"

namespace rolecall::s3 {
namespace {

using Texts = std::vector<std::string>;

class Listing : public S3Test {
 protected:
  Listing() { make_bucket("bucket"); }
  template <class Out>
  static Texts keys(const Out& out) {
    Texts all;
    if (out.contents) {
      for (const auto& object : *out.contents) all.push_back(*object.key);
    }
    return all;
  }
  template <class Out>
  static Texts prefixes(const Out& out) {
    Texts all;
    if (out.common_prefixes) {
      for (const auto& prefix : *out.common_prefixes) all.push_back(*prefix.prefix);
    }
    return all;
  }
  template <class In>
  In in() {
    In out;
    out.bucket = "bucket";
    return out;
  }
};

TEST_F(Listing, version_2_pages_through_everything_once) {
  for (const char* key : {"a", "d/1", "d/2", "e/1", "f", "g h"}) put(key, "x");
  Texts seen;
  auto list = in<ListObjectsV2Input>();
  list.delimiter = "/";
  list.max_keys = 1;
  for (int page = 0; page < 10; ++page) {
    auto out = ok(list).first;
    for (const auto& key : keys(out)) seen.push_back(key);
    for (const auto& prefix : prefixes(out)) seen.push_back(prefix);
    EXPECT_EQ(out.key_count, 1);
    if (!*out.is_truncated) break;
    list.continuation_token = out.next_continuation_token;
  }
  EXPECT_EQ(seen, (Texts{"a", "d/", "e/", "f", "g h"}));
  list.continuation_token = "nonsense";
  EXPECT_EQ(refused(list).code, "InvalidArgument");
  list = in<ListObjectsV2Input>();
  list.start_after = "f";
  list.encoding_type = "url";
  list.fetch_owner = true;
  auto out = ok(list).first;
  EXPECT_EQ(keys(out), Texts{"g%20h"});
  EXPECT_EQ((*out.contents)[0].owner->id, std::string(52, 'c') + "111122223333");
  list.encoding_type = "rot13";
  EXPECT_EQ(refused(list).code, "InvalidArgument");
  list = in<ListObjectsV2Input>();
  list.max_keys = -1;
  EXPECT_EQ(refused(list).code, "InvalidArgument");
  list.max_keys = 5000;
  EXPECT_EQ(ok(list).first.max_keys, 1000);
  list.max_keys = 0;
  EXPECT_EQ(ok(list).first.is_truncated, false);
}

TEST_F(Listing, version_1_marks_where_it_stopped) {
  for (const char* key : {"a", "d/1", "d/2", "z"}) put(key, "x");
  auto list = in<ListObjectsInput>();
  list.max_keys = 2;
  auto out = ok(list).first;
  EXPECT_EQ(keys(out), (Texts{"a", "d/1"}));
  EXPECT_FALSE(out.next_marker.has_value());  // without a delimiter the last key is the marker
  list.delimiter = "/";
  out = ok(list).first;
  EXPECT_EQ(out.next_marker, "d/");
  list.marker = out.next_marker;
  EXPECT_EQ(keys(ok(list).first), Texts{"z"});
}

class Multipart : public Listing {
 protected:
  std::string begin(std::optional<std::string> algorithm = {},
                    std::optional<std::string> type = {}) {
    auto input = at<CreateMultipartUploadInput>("k");
    input.checksum_algorithm = algorithm;
    input.checksum_type = type;
    input.metadata = Metadata{{"a", "b"}};
    return ok(input).first.upload_id.value_or("");
  }
  UploadPartInput part(const std::string& id, int number) {
    auto input = at<UploadPartInput>("k");
    input.upload_id = id;
    input.part_number = number;
    return input;
  }
  CompletedPart sent(const std::string& id, int number, std::string_view body) {
    auto r = send(part(id, number), body);
    EXPECT_TRUE(r.has_value()) << r.error().text();
    const auto& out = *static_cast<UploadPartOutput*>(r->output.get());
    CompletedPart done;
    done.part_number = number;
    done.etag = out.etag;
    return done;
  }
  CompleteMultipartUploadInput complete(const std::string& id, std::vector<CompletedPart> parts) {
    auto input = at<CompleteMultipartUploadInput>("k");
    input.upload_id = id;
    input.multipart_upload.emplace().parts = std::move(parts);
    return input;
  }
  const std::string large_ = std::string(5 << 20, 'a');
};

TEST_F(Multipart, parts_become_one_object) {
  const std::string id = begin();
  auto first = sent(id, 1, large_);
  auto second = sent(id, 5, "tail");
  auto list = at<ListPartsInput>("k");
  list.upload_id = id;
  list.max_parts = 1;
  auto listed = ok(list).first;
  EXPECT_EQ(listed.is_truncated, true);
  EXPECT_EQ(listed.next_part_number_marker, 1);
  list.part_number_marker = 1;
  EXPECT_EQ((*ok(list).first.parts)[0].part_number, 5);
  EXPECT_EQ(ok(in<ListMultipartUploadsInput>()).first.uploads->size(), 1u);
  EXPECT_EQ(refused(at<GetObjectInput>("k")).code, "NoSuchKey");

  auto out = ok(complete(id, {first, second})).first;
  crypto::Md5 md5;
  md5.update(as_text(crypto::md5(large_)));
  md5.update(as_text(crypto::md5("tail")));
  EXPECT_EQ(out.etag, "\"" + hex_encode(md5.finish()) + "-2\"");
  crypto::Checksum sum(crypto::ChecksumAlgorithm::crc64nvme);
  sum.update(large_);
  sum.update("tail");
  EXPECT_EQ(out.checksum_crc64nvme, sum.finish_base64());
  EXPECT_EQ(read("k"), large_ + "tail");
  EXPECT_EQ(ok(at<HeadObjectInput>("k")).first.metadata->at("a"), "b");
  auto get = at<GetObjectInput>("k");
  get.part_number = 2;
  auto [got, response] = ok(get);
  EXPECT_EQ(body_of(response), "tail");
  EXPECT_EQ(got.parts_count, 2);
  get.part_number = 3;
  EXPECT_EQ(refused(get).http_status, 416);
  EXPECT_EQ(refused(complete(id, {first, second})).code, "NoSuchUpload");
  EXPECT_EQ(files(), 1);
}

TEST_F(Multipart, composite_checksums) {
  const std::string id = begin("SHA256");
  auto first = sent(id, 1, large_);
  auto second = sent(id, 2, "tail");
  auto out = ok(complete(id, {first, second})).first;
  crypto::Checksum sum(crypto::ChecksumAlgorithm::sha256);
  sum.update(as_text(crypto::sha256(large_)));
  sum.update(as_text(crypto::sha256("tail")));
  EXPECT_EQ(out.checksum_sha256, sum.finish_base64() + "-2");
  EXPECT_EQ(out.checksum_type, "COMPOSITE");
  auto attributes = at<GetObjectAttributesInput>("k");
  attributes.object_attributes = {"ETag", "Checksum", "ObjectParts", "ObjectSize"};
  auto told = ok(attributes).first;
  EXPECT_EQ(told.object_size, (5 << 20) + 4);
  EXPECT_EQ(told.object_parts->total_parts_count, 2);
  EXPECT_EQ((*told.object_parts->parts)[1].checksum_sha256,
            base64_encode(as_text(crypto::sha256("tail"))));
  auto input = at<CreateMultipartUploadInput>("k");
  input.checksum_algorithm = "SHA256";
  input.checksum_type = "FULL_OBJECT";
  EXPECT_EQ(refused(input).code, "InvalidRequest");
}

TEST_F(Multipart, full_object_crc32_is_that_of_the_whole) {
  const std::string id = begin("CRC32", "FULL_OBJECT");
  auto first = sent(id, 1, large_);
  auto second = sent(id, 2, "tail");
  crypto::Checksum sum(crypto::ChecksumAlgorithm::crc32);
  sum.update(large_ + "tail");
  auto input = complete(id, {first, second});
  input.checksum_crc32 = "AAAAAA==";
  EXPECT_EQ(refused(input).code, "BadDigest");
  input.checksum_crc32 = sum.finish_base64();
  EXPECT_EQ(ok(input).first.checksum_crc32, input.checksum_crc32);
}

TEST_F(Multipart, refusals) {
  const std::string id = begin("CRC32");
  auto small = sent(id, 1, "small");
  auto last = sent(id, 2, "tail");
  EXPECT_EQ(refused(complete(id, {small, last})).code, "EntityTooSmall");
  EXPECT_EQ(refused(complete(id, {last, small})).code, "InvalidPartOrder");
  EXPECT_EQ(refused(complete(id, {})).code, "MalformedXML");
  auto wrong = last;
  wrong.etag = "\"00\"";
  EXPECT_EQ(refused(complete(id, {wrong})).code, "InvalidPart");
  wrong = last;
  wrong.part_number = 9;
  EXPECT_EQ(refused(complete(id, {wrong})).code, "InvalidPart");
  EXPECT_EQ(refused(complete("none", {last})).code, "NoSuchUpload");
  EXPECT_EQ(refusal_of(send(part(id, 0), "x")).code, "InvalidArgument");
  EXPECT_EQ(refusal_of(send(part(id, 10'001), "x")).code, "InvalidArgument");
  EXPECT_EQ(refusal_of(send(part("none", 1), "x")).code, "NoSuchUpload");
  auto other = part(id, 1);
  other.checksum_sha1 = std::string(28, 'A');
  EXPECT_EQ(refusal_of(send(other, "x")).code, "InvalidRequest");
  auto input = complete(id, {last});
  input.mpu_object_size = 5;
  EXPECT_EQ(refused(input).code, "InvalidRequest");
  input.mpu_object_size = 4;
  ok(input);
  EXPECT_EQ(read("k"), "tail");
}

TEST_F(Multipart, abort_and_delete_bucket_leave_no_files) {
  const std::string id = begin();
  sent(id, 1, large_);
  auto abort = at<AbortMultipartUploadInput>("k");
  abort.upload_id = id;
  ok(abort);
  EXPECT_EQ(refused(abort).code, "NoSuchUpload");
  sent(begin(), 1, large_);
  DeleteBucketInput gone;
  gone.bucket = "bucket";
  ok(gone);
  EXPECT_EQ(files(), 0);
}

TEST_F(Multipart, parts_are_copied_from_objects) {
  put("source", large_ + "tail");
  const std::string id = begin();
  auto copy = at<UploadPartCopyInput>("k");
  copy.copy_source = "bucket/source";
  copy.upload_id = id;
  copy.part_number = 1;
  copy.copy_source_range = "bytes=0-5242879";
  CompletedPart first{.etag = ok(copy).first.copy_part_result->etag, .part_number = 1};
  EXPECT_EQ(first.etag, "\"" + crypto::md5_hex(large_) + "\"");
  copy.part_number = 2;
  copy.copy_source_range = "bytes=5242880-5242883";
  CompletedPart second{.etag = ok(copy).first.copy_part_result->etag, .part_number = 2};
  ok(complete(id, {first, second}));
  EXPECT_EQ(read("k"), large_ + "tail");
  copy.copy_source_range = "bytes=5242880-5242884";
  copy.upload_id = begin();
  EXPECT_EQ(refused(copy).code, "InvalidArgument");
}

}  // namespace
}  // namespace rolecall::s3
