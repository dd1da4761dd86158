// PutObject, GetObject and their kin, on a real store.
#include "base/encoding.h"
#include "crypto/checksum.h"
#include "crypto/hash.h"
#include "services/s3/s3_fixture.h"

namespace rolecall::s3 {
namespace {

class Objects : public S3Test {
 protected:
  Objects() { make_bucket("bucket"); }
};

std::string big(std::size_t size) {
  std::string out(size, '\0');
  std::uint32_t x = 12345;
  for (char& c : out) c = static_cast<char>((x = x * 1664525 + 1013904223) >> 24);
  return out;
}

TEST_F(Objects, put_and_get_small_and_large) {
  for (std::size_t size :
       {0ul, 1ul, 1000ul, store::kInlineBytesMax, store::kInlineBytesMax + 1, 300'000ul}) {
    const std::string body = big(size);
    auto put = send(object("k"), body, {.size = size});
    ASSERT_TRUE(put.has_value()) << put.error().text();
    const auto& out = *static_cast<PutObjectOutput*>(put->output.get());
    EXPECT_EQ(out.etag, "\"" + crypto::md5_hex(body) + "\"");
    EXPECT_TRUE(out.checksum_crc64nvme.has_value());
    auto [got, response] = ok(at<GetObjectInput>("k"));
    EXPECT_EQ(body_of(response), body);
    EXPECT_EQ(got.etag, out.etag);
    EXPECT_EQ(got.content_length, static_cast<std::int64_t>(size));
    EXPECT_EQ(got.content_type, "binary/octet-stream");
    EXPECT_EQ(std::holds_alternative<FileSlice>(response.body), size > store::kInlineBytesMax);
    auto [head, headed] = ok(at<HeadObjectInput>("k"));
    EXPECT_EQ(headed.content_length, size);
    EXPECT_TRUE(std::holds_alternative<std::monostate>(headed.body));
  }
  EXPECT_EQ(files(), 1);  // what was replaced is gone
  EXPECT_EQ(read("k"), big(300'000));
}

TEST_F(Objects, survive_a_restart) {
  put("small", "s");
  put("large", big(100'000));
  restart();
  EXPECT_EQ(read("small"), "s");
  EXPECT_EQ(read("large"), big(100'000));
}

TEST_F(Objects, headers_metadata_and_tags_come_back) {
  auto in = object("k");
  in.content_type = "text/plain";
  in.content_encoding = "aws-chunked,gzip";
  in.cache_control = "max-age=1";
  in.expires = Instant::from_seconds(2'000'000'000);
  in.metadata = Metadata{{"Color", "red"}};
  in.tagging = "a=1&b%20c=d";
  in.storage_class = "STANDARD_IA";
  ASSERT_TRUE(send(in, "x"));
  auto [out, response] = ok(at<GetObjectInput>("k"));
  EXPECT_EQ(out.content_type, "text/plain");
  EXPECT_EQ(out.content_encoding, "gzip");
  EXPECT_EQ(out.cache_control, "max-age=1");
  EXPECT_EQ(out.expires, in.expires);
  EXPECT_EQ(out.metadata->at("color"), "red");
  EXPECT_EQ(out.tag_count, 2);
  EXPECT_EQ(out.storage_class, "STANDARD_IA");
  auto get = at<GetObjectInput>("k");
  get.response_content_type = "image/png";
  EXPECT_EQ(ok(get).first.content_type, "image/png");
  caller_.kind = identity::CallerKind::anonymous;
  EXPECT_EQ(refused(get).code, "InvalidRequest");
}

TEST_F(Objects, ranges) {
  put("k", "0123456789");
  put("empty", "");
  auto get = [&](std::string range, std::string key = "k") {
    auto in = at<GetObjectInput>(std::move(key));
    in.range = std::move(range);
    auto r = run(in);
    if (!r) return r.error().text();
    const auto& out = *static_cast<GetObjectOutput*>(r->output.get());
    return std::to_string(r->status) + " " + out.content_range.value_or("-") + " " + body_of(*r);
  };
  EXPECT_EQ(get("bytes=2-4"), "206 bytes 2-4/10 234");
  EXPECT_EQ(get("bytes=7-"), "206 bytes 7-9/10 789");
  EXPECT_EQ(get("bytes=7-100"), "206 bytes 7-9/10 789");
  EXPECT_EQ(get("bytes=-3"), "206 bytes 7-9/10 789");
  EXPECT_EQ(get("bytes=-30"), "206 bytes 0-9/10 0123456789");
  EXPECT_EQ(get("bytes=0-1,3-4"), "0 - 0123456789");
  EXPECT_EQ(get("bytes=4-2"), "0 - 0123456789");
  EXPECT_EQ(get("lines=1-2"), "0 - 0123456789");
  const std::string no = "InvalidRange: The requested range is not satisfiable";
  EXPECT_EQ(get("bytes=10-"), no);
  EXPECT_EQ(get("bytes=-0"), no);
  EXPECT_EQ(get("bytes=0-", "empty"), no);
  put("big", big(100'000));
  auto in = at<GetObjectInput>("big");
  in.range = "bytes=50000-50009";
  EXPECT_EQ(body_of(ok(in).second), big(100'000).substr(50'000, 10));
}

TEST_F(Objects, conditional_reads) {
  put("k", "hello");
  const std::string etag = "\"" + crypto::md5_hex("hello") + "\"";
  auto status = [&](auto change) {
    auto in = at<GetObjectInput>("k");
    change(in);
    auto r = run(in);
    return r ? r->status : r.error().api().http_status;
  };
  EXPECT_EQ(status([&](auto& in) { in.if_match = etag; }), 0);
  EXPECT_EQ(status([&](auto& in) { in.if_match = "\"other\""; }), 412);
  EXPECT_EQ(status([&](auto& in) { in.if_none_match = etag; }), 304);
  EXPECT_EQ(status([&](auto& in) { in.if_none_match = "*"; }), 304);
  EXPECT_EQ(status([&](auto& in) { in.if_none_match = "\"other\""; }), 0);
  EXPECT_EQ(status([&](auto& in) { in.if_modified_since = clock_.now(); }), 304);
  EXPECT_EQ(status([&](auto& in) { in.if_modified_since = clock_.now().plus_seconds(-1); }), 0);
  EXPECT_EQ(status([&](auto& in) { in.if_unmodified_since = clock_.now(); }), 0);
  EXPECT_EQ(status([&](auto& in) { in.if_unmodified_since = clock_.now().plus_seconds(-1); }), 412);
  // The entity tag outweighs the time.
  EXPECT_EQ(status([&](auto& in) {
              in.if_match = etag;
              in.if_unmodified_since = clock_.now().plus_seconds(-1);
            }),
            0);
}

TEST_F(Objects, conditional_writes) {
  auto in = object("k");
  in.if_none_match = "*";
  ASSERT_TRUE(send(in, "1"));
  EXPECT_EQ(refusal_of(send(in, "2")).code, "PreconditionFailed");
  in.if_none_match = "\"etag\"";
  EXPECT_EQ(refusal_of(send(in, "2")).http_status, 501);
  in.if_none_match.reset();
  in.if_match = "\"" + crypto::md5_hex("other") + "\"";
  EXPECT_EQ(refusal_of(send(in, "2")).code, "PreconditionFailed");
  in.if_match = "\"" + crypto::md5_hex("1") + "\"";
  EXPECT_TRUE(send(in, "2"));
  in.key = "none";
  EXPECT_EQ(refusal_of(send(in, "2")).code, "NoSuchKey");
  EXPECT_EQ(read("k"), "2");
}

// Two uploads that both saw nothing: the writer lets one of them win.
TEST_F(Objects, a_condition_is_decided_at_the_commit) {
  auto in = object("k");
  in.if_none_match = "*";
  auto first = *plane_->begin_upload("PutObject", services::Erased::of(in), data(), {});
  ASSERT_TRUE(send(in, "second"));
  ASSERT_TRUE(first->write("first"));
  std::promise<Result<ObjectResponse>> promise;
  first->finish({}, [&](Result<ObjectResponse> r) { promise.set_value(std::move(r)); });
  EXPECT_EQ(refusal_of(promise.get_future().get()).code, "PreconditionFailed");
  EXPECT_EQ(read("k"), "second");
}

TEST_F(Objects, digests_are_proven) {
  auto in = object("k");
  const auto digest = crypto::md5("hello");
  in.content_md5 = base64_encode(as_text(digest));
  EXPECT_TRUE(send(in, "hello"));
  EXPECT_EQ(refusal_of(send(in, "hellO")).code, "BadDigest");
  in.content_md5 = "zzz";
  EXPECT_EQ(refusal_of(send(in, "hello")).code, "InvalidDigest");
  EXPECT_EQ(read("k"), "hello");
  for (const char* name : {"CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"}) {
    SCOPED_TRACE(name);
    const auto algorithm = *crypto::checksum_algorithm(name);
    crypto::Checksum sum(algorithm);
    sum.update("hello");
    const std::string value = sum.finish_base64();
    auto put = object("k");
    put.checksum_algorithm = name;
    // As a trailer.
    const std::string header(crypto::checksum_header(algorithm));
    EXPECT_TRUE(send(put, "hello", {.trailer = header}, {{header, value}}));
    EXPECT_EQ(refusal_of(send(put, "hellO", {.trailer = header}, {{header, value}})).code,
              "BadDigest");
    EXPECT_EQ(refusal_of(send(put, "hello", {.trailer = header}, {{header, "AAAA"}})).code,
              "InvalidRequest");
    EXPECT_EQ(refusal_of(send(put, "hello", {.trailer = header})).code, "MalformedTrailerError");
    EXPECT_EQ(refusal_of(send(put, "hello")).code, "InvalidRequest");
    auto get = at<GetObjectInput>("k");
    get.checksum_mode = "ENABLED";
    const auto out = ok(get).first;
    const auto told = {out.checksum_crc32, out.checksum_crc32c, out.checksum_crc64nvme,
                       out.checksum_sha1, out.checksum_sha256};
    EXPECT_EQ(std::count(told.begin(), told.end(), std::optional(value)), 1);
    EXPECT_EQ(std::count(told.begin(), told.end(), std::nullopt), 4);
    EXPECT_EQ(out.checksum_type, "FULL_OBJECT");
  }
  auto both = object("k");
  both.checksum_crc32 = "AAAAAA==";
  both.checksum_sha1 = "AAAA";
  EXPECT_EQ(refusal_of(send(both, "hello")).code, "InvalidRequest");
  both.checksum_sha1.reset();
  EXPECT_EQ(refusal_of(send(both, "hello")).code, "BadDigest");
  EXPECT_EQ(refusal_of(send(object("k"), "hello", {.size = 6})).code, "IncompleteBody");
}

TEST_F(Objects, what_is_not_done_is_refused) {
  auto refuse = [&](auto change) {
    auto in = object("k");
    change(in);
    return refusal_of(send(in, "x"));
  };
  EXPECT_EQ(refuse([](auto& in) { in.sse_customer_key = "x"; }).code, "NotImplemented");
  EXPECT_EQ(refuse([](auto& in) { in.server_side_encryption = "aws:kms"; }).code, "NotImplemented");
  EXPECT_EQ(refuse([](auto& in) { in.object_lock_mode = "GOVERNANCE"; }).code, "NotImplemented");
  EXPECT_EQ(refuse([](auto& in) { in.acl = "public-read"; }).code, "AccessControlListNotSupported");
  EXPECT_EQ(refuse([](auto& in) { in.storage_class = "GLACIER"; }).code, "NotImplemented");
  EXPECT_EQ(refuse([](auto& in) { in.storage_class = "FAST"; }).code, "InvalidStorageClass");
  EXPECT_EQ(refuse([](auto& in) { in.metadata = Metadata{{"a", std::string(2048, 'x')}}; }).code,
            "MetadataTooLarge");
  EXPECT_EQ(refuse([](auto& in) { in.tagging = "a=1&a=2"; }).code, "InvalidArgument");
  EXPECT_EQ(refuse([](auto& in) { in.key = std::string(1025, 'k'); }).code, "KeyTooLongError");
  EXPECT_EQ(refuse([](auto& in) { in.key = "\xff"; }).code, "InvalidURI");
  EXPECT_EQ(refuse([](auto& in) { in.bucket = "none"; }).code, "NoSuchBucket");
  EXPECT_EQ(refuse([](auto& in) { in.expected_bucket_owner = "444455556666"; }).code,
            "AccessDenied");
  EXPECT_EQ(refusal_of(send(object("k"), "x", {.size = (5ull << 30) + 1})).code, "EntityTooLarge");
  auto get = at<GetObjectInput>("k");
  get.version_id = "3HL4";
  EXPECT_EQ(refused(get).code, "InvalidArgument");
  EXPECT_EQ(refused(at<GetObjectInput>("k")).code, "NoSuchKey");
}

TEST_F(Objects, an_abandoned_upload_leaves_nothing) {
  auto upload = *plane_->begin_upload("PutObject", services::Erased::of(object("k")), data(), {});
  ASSERT_TRUE(upload->write(big(100'000)));
  upload.reset();
  EXPECT_EQ(refused(at<GetObjectInput>("k")).code, "NoSuchKey");
  EXPECT_EQ(files(), 0);
}

TEST_F(Objects, a_bucket_deleted_meanwhile_takes_no_object) {
  auto upload = *plane_->begin_upload("PutObject", services::Erased::of(object("k")), data(), {});
  ASSERT_TRUE(upload->write(big(100'000)));
  DeleteBucketInput gone;
  gone.bucket = "bucket";
  ok(gone);
  clock_.advance_seconds(1);
  make_bucket("bucket");  // a namesake is another bucket
  std::promise<Result<ObjectResponse>> promise;
  upload->finish({}, [&](Result<ObjectResponse> r) { promise.set_value(std::move(r)); });
  EXPECT_EQ(refusal_of(promise.get_future().get()).code, "NoSuchBucket");
  EXPECT_EQ(files(), 0);
}

TEST_F(Objects, delete_one_and_many) {
  put("a", "x");
  put("b", big(50'000));
  put("c", "x");
  ok(at<DeleteObjectInput>("a"));
  ok(at<DeleteObjectInput>("a"));  // gone is gone
  EXPECT_EQ(refused(at<GetObjectInput>("a")).code, "NoSuchKey");
  auto guarded = at<DeleteObjectInput>("c");
  guarded.if_match = "\"other\"";
  EXPECT_EQ(refused(guarded).code, "PreconditionFailed");

  ask_.denied = {"arn:aws:s3:::bucket/c"};
  DeleteObjectsInput many;
  many.bucket = "bucket";
  many.delete_.objects = {{"b", {}}, {"c", {}}, {"never", {}}};
  auto out = ok(many).first;
  ASSERT_EQ(out.deleted->size(), 2u);
  EXPECT_EQ((*out.deleted)[1].key, "never");
  ASSERT_EQ(out.errors->size(), 1u);
  EXPECT_EQ((*out.errors)[0].key, "c");
  EXPECT_EQ((*out.errors)[0].code, "AccessDenied");
  ask_.denied.clear();
  EXPECT_EQ(read("c"), "x");
  many.delete_.quiet = true;
  out = ok(many).first;
  EXPECT_FALSE(out.deleted.has_value());
  EXPECT_FALSE(out.errors.has_value());
  many.delete_.objects.assign(1001, {"k", {}});
  EXPECT_EQ(refused(many).code, "MalformedXML");
  many.delete_.objects.clear();
  EXPECT_EQ(refused(many).code, "MalformedXML");
  EXPECT_EQ(files(), 0);
}

TEST_F(Objects, copies) {
  make_bucket("other");
  auto in = object("small");
  in.metadata = Metadata{{"a", "b"}};
  in.content_type = "text/plain";
  in.tagging = "t=1";
  ASSERT_TRUE(send(in, "hello"));
  put("large", big(100'000));
  auto copy = at<CopyObjectInput>("copy", "other");
  copy.copy_source = "/bucket/small";
  auto out = ok(copy).first;
  EXPECT_EQ(out.copy_object_result->etag, "\"" + crypto::md5_hex("hello") + "\"");
  auto got = ok(at<GetObjectInput>("copy", "other")).first;
  EXPECT_EQ(got.metadata->at("a"), "b");
  EXPECT_EQ(got.content_type, "text/plain");
  EXPECT_EQ(got.tag_count, 1);
  copy.metadata_directive = "REPLACE";
  copy.content_type = "image/png";
  copy.tagging_directive = "REPLACE";
  ok(copy);
  got = ok(at<GetObjectInput>("copy", "other")).first;
  EXPECT_FALSE(got.metadata.has_value());
  EXPECT_EQ(got.content_type, "image/png");
  EXPECT_FALSE(got.tag_count.has_value());

  auto large = at<CopyObjectInput>("copy2", "other");
  large.copy_source = "bucket/large";
  ok(large);
  ok(at<DeleteObjectInput>("large"));
  EXPECT_EQ(read("copy2", "other"), big(100'000));  // its bytes are its own
  large.copy_source = "other/copy2";
  large.bucket = "bucket";
  large.checksum_algorithm = "SHA256";
  EXPECT_TRUE(ok(large).first.copy_object_result->checksum_sha256.has_value());

  copy.copy_source = "bucket/none";
  EXPECT_EQ(refused(copy).code, "NoSuchKey");
  copy.copy_source = "bucket";
  EXPECT_EQ(refused(copy).code, "InvalidArgument");
  copy.copy_source = "nowhere/x";
  EXPECT_EQ(refused(copy).code, "NoSuchBucket");
  copy.copy_source = "bucket/small";
  copy.copy_source_if_none_match = "\"" + crypto::md5_hex("hello") + "\"";
  EXPECT_EQ(refused(copy).code, "PreconditionFailed");
  auto itself = at<CopyObjectInput>("small");
  itself.copy_source = "bucket/small";
  EXPECT_EQ(refused(itself).code, "InvalidRequest");
  itself.metadata_directive = "REPLACE";
  ok(itself);
}

// Rule 110: both ends are asked about, and both must say yes.
TEST_F(Objects, a_copy_asks_about_both_ends) {
  make_bucket("other");
  put("k", "x");
  auto copy = at<CopyObjectInput>("copy", "other");
  copy.copy_source = "bucket/k";
  ask_.asked.clear();
  ok(copy);
  EXPECT_EQ(ask_.texts(), (std::vector<std::string>{"s3:GetObject arn:aws:s3:::bucket/k",
                                                    "s3:PutObject arn:aws:s3:::other/copy"}));
  for (const char* action : {"s3:GetObject", "s3:PutObject"}) {
    ask_.denied = {action};
    EXPECT_EQ(refused(copy).message, std::string("no ") + action);
  }
}

// Rule 816.
TEST_F(Objects, a_missing_key_shows_only_to_who_may_list) {
  EXPECT_EQ(refused(at<HeadObjectInput>("none")).http_status, 404);
  ask_.denied = {"s3:ListBucket"};
  EXPECT_EQ(refused(at<HeadObjectInput>("none")).http_status, 403);
  EXPECT_EQ(refused(at<GetObjectInput>("none")).http_status, 403);
}

TEST_F(Objects, tags_take_part_in_decisions) {
  auto in = object("k");
  in.tagging = "team=blue";
  ask_.asked.clear();
  ASSERT_TRUE(send(in, "x"));
  EXPECT_EQ(ask_.texts().back(), "s3:PutObjectTagging arn:aws:s3:::bucket/k");
  auto has = [&](std::string_view name, std::string_view value) {
    for (const auto& [n, v] : ask_.asked.back().keys) {
      if (n == name && v == std::vector<std::string>{std::string(value)}) return true;
    }
    return false;
  };
  EXPECT_TRUE(has("s3:RequestObjectTag/team", "blue"));
  ok(at<GetObjectInput>("k"));
  EXPECT_TRUE(has("s3:ExistingObjectTag/team", "blue"));
  auto tags = at<PutObjectTaggingInput>("k");
  tags.tagging.tag_set = {{"team", "red"}, {"x", ""}};
  ok(tags);
  EXPECT_TRUE(has("s3:ExistingObjectTag/team", "blue"));
  EXPECT_TRUE(has("s3:RequestObjectTag/team", "red"));
  EXPECT_EQ(ok(at<GetObjectTaggingInput>("k")).first.tag_set.size(), 2u);
  tags.tagging.tag_set.assign(11, {"a", "b"});
  EXPECT_EQ(refused(tags).code, "BadRequest");
  tags.tagging.tag_set = {{"a", "b"}, {"a", "c"}};
  EXPECT_EQ(refused(tags).code, "InvalidTag");
  ok(at<DeleteObjectTaggingInput>("k"));
  EXPECT_TRUE(ok(at<GetObjectTaggingInput>("k")).first.tag_set.empty());
}

// Every operation that authorizes itself, with everything denied: refused, and nothing happened.
TEST_F(Objects, nothing_slips_past_a_refusal) {
  put("k", "x");
  CreateMultipartUploadInput begin = at<CreateMultipartUploadInput>("m");
  const std::string id = *ok(begin).first.upload_id;
  ask_.deny_all = true;
  auto copy = at<CopyObjectInput>("c");
  copy.copy_source = "bucket/k";
  auto part = at<UploadPartCopyInput>("m");
  part.copy_source = "bucket/k";
  part.part_number = 1;
  part.upload_id = id;
  auto attributes = at<GetObjectAttributesInput>("k");
  attributes.object_attributes = {"ETag"};
  EXPECT_EQ(refusal_of(send(object("k"), "y")).code, "AccessDenied");
  EXPECT_EQ(refused(at<GetObjectInput>("k")).code, "AccessDenied");
  EXPECT_EQ(refused(at<HeadObjectInput>("k")).code, "AccessDenied");
  EXPECT_EQ(refused(attributes).code, "AccessDenied");
  EXPECT_EQ(refused(at<GetObjectAclInput>("k")).code, "AccessDenied");
  EXPECT_EQ(refused(at<GetObjectTaggingInput>("k")).code, "AccessDenied");
  EXPECT_EQ(refused(at<PutObjectTaggingInput>("k")).code, "AccessDenied");
  EXPECT_EQ(refused(at<DeleteObjectTaggingInput>("k")).code, "AccessDenied");
  EXPECT_EQ(refused(copy).code, "AccessDenied");
  EXPECT_EQ(refused(part).code, "AccessDenied");
  EXPECT_EQ(refused(at<CreateMultipartUploadInput>("z")).code, "AccessDenied");
  DeleteObjectsInput many;
  many.bucket = "bucket";
  many.delete_.objects = {{"k", {}}};
  EXPECT_EQ(ok(many).first.errors->size(), 1u);
  ask_.deny_all = false;
  EXPECT_EQ(read("k"), "x");
  EXPECT_EQ(refused(at<GetObjectInput>("c")).code, "NoSuchKey");
}

TEST_F(Objects, audit_is_written_in_the_same_commit) {
  CallData d = data();
  std::string told;
  d.in_commit = [&told](store::WriteTxn& txn, const Result<ObjectResponse>& r) {
    told += r ? "ok " : r.error().api().code + " ";
    txn.audit("{\"k\":1}");
  };
  auto upload =
      *plane_->begin_upload("PutObject", services::Erased::of(object("k")), std::move(d), {});
  std::promise<Result<ObjectResponse>> promise;
  upload->finish({}, [&](Result<ObjectResponse> r) { promise.set_value(std::move(r)); });
  EXPECT_TRUE(promise.get_future().get());
  EXPECT_EQ(told, "ok ");
}

TEST_F(Objects, sweep_removes_what_nothing_names) {
  put("k", big(100'000));
  std::filesystem::create_directories(dir_ + "/data/objects/07");
  {
    std::ofstream(dir_ + "/data/objects/07/00000000000000aa00000007") << "orphan";
  }
  EXPECT_EQ(*plane_->sweep(), 1u);
  restart();
  EXPECT_EQ(*plane_->sweep(), 0u);
  EXPECT_EQ(read("k"), big(100'000));
}

}  // namespace
}  // namespace rolecall::s3
