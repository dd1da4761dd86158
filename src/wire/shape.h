// Descriptors: the API models as constant tables. codegen/ writes them from models/*.json; every
// reader, writer and validator in this room is a walk over them.
//
// All tables are constants of the program: views and pointers never dangle, any thread may read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace rolecall::wire {

enum class Kind : std::uint8_t {
  boolean,    // bool
  integer,    // std::int32_t
  long_,      // std::int64_t
  floating,   // float
  double_,    // double
  string,     // std::string (enums too)
  blob,       // std::string of bytes
  timestamp,  // Instant
  list,       // std::vector<element>
  map,        // std::map<std::string, value>
  structure,  // a generated struct
};

enum class TimestampFormat : std::uint8_t { by_protocol, date_time, http_date, epoch_seconds };

// Where a member travels. `body` is the rule; the others belong to the REST protocols.
enum class Location : std::uint8_t {
  body,
  header,
  prefix_headers,
  query,
  label,
  payload,      // the whole body is this member
  status_code,  // answers only
};

// A pattern constraint, compiled by codegen to a table-driven automaton (linear time, no stack).
struct Pattern {
  std::string_view text;  // as the model states it; shown in messages
  // Character classes: ASCII by table, the rest by ranges sorted by `first`; class 0 never matches.
  const std::uint8_t* ascii_class;  // 128 entries
  struct Range {
    char32_t first, last;
    std::uint8_t char_class;
  };
  std::span<const Range> ranges = {};
  std::uint16_t class_count;
  // next[state * class_count + class]; state 0 is dead, state 1 the start.
  const std::uint16_t* next;
  const std::uint8_t* accepting;
};

// What the model demands of a value. Absent bounds are the extremes of the type.
struct Constraints {
  std::int64_t min = INT64_MIN;  // of the length (string, list, map) or the value (numbers)
  std::int64_t max = INT64_MAX;
  const Pattern* pattern = nullptr;
  std::span<const std::string_view> values = {};  // an enum's, in the model's order
};

struct Member;
struct Shape;

// How to handle values of a shape without knowing their type.
struct ValueOps {
  std::size_t size;
  void* (*create)();
  void (*destroy)(void*);
};
struct ListOps {
  std::size_t (*size)(const void* list);
  const void* (*data)(const void* list);  // elements lie `stride` bytes apart
  std::size_t stride;
  void* (*append)(void* list);
  void (*reserve)(void* list, std::size_t count);
};
struct MapOps {
  std::size_t (*size)(const void* map);
  void* (*insert)(void* map, std::string key);  // the existing value when the key is there
  void (*each)(const void* map, void* context,
               void (*visit)(void* context, const std::string& key, const void* value));
};
// An optional member's field; null in Member where the field is the plain value.
struct OptionalOps {
  const void* (*get)(const void* field);  // nullptr when absent
  void* (*make)(void* field);             // makes it present
};

struct Shape {
  Kind kind;
  bool sensitive = false;  // its value appears in no message and no audit record
  std::string_view name;   // as in the model, "Role"
  const Constraints* constraints = nullptr;
  std::span<const Member> members = {};  // structure
  const Shape* element = nullptr;        // list's element, map's value
  std::string_view element_name = {};    // "member"; an entry's value name, "value"
  std::string_view key_name = {};        // map: "key"
  const Shape* key = nullptr;            // map
  const ListOps* list = nullptr;
  const MapOps* map = nullptr;
  const ValueOps* value = nullptr;      // structures only
  std::string_view xml_name = {};       // root element, where the model names one
  std::string_view xml_namespace = {};  // declared on the element
  std::string_view xml_prefix = {};     // with this prefix ("xsi")
  TimestampFormat timestamp = TimestampFormat::by_protocol;
};

struct Member {
  std::string_view name;        // "RoleName"
  std::string_view wire_name;   // in XML and awsQuery forms
  std::string_view json_name;   // in JSON
  std::string_view query_name;  // in ec2Query forms
  std::string_view bound_name;  // header, prefix, query key or label
  std::uint32_t offset;
  const Shape* shape;
  const OptionalOps* optional = nullptr;
  bool required = false;
  Location location = Location::body;
  bool flattened = false;
  bool xml_attribute = false;
  bool idempotency_token = false;
  TimestampFormat timestamp = TimestampFormat::by_protocol;
  std::string_view xml_namespace = {};

  // The value inside a structure, or nullptr when absent.
  const void* get(const void* structure) const {
    const void* field = static_cast<const std::byte*>(structure) + offset;
    return optional ? optional->get(field) : field;
  }
  // The same, made present.
  void* make(void* structure) const {
    void* field = static_cast<std::byte*>(structure) + offset;
    return optional ? optional->make(field) : field;
  }
};

// What may be asked of the evaluator for one call (models/<service>.auth.json).
struct AuthAction {
  std::string_view action;                // "iam:GetRole"
  std::string_view resource;              // a type the service's resolver knows; "*" = none
  std::span<const std::string_view> ids;  // member paths that identify it, see texts_at()
  std::string_view when;                  // asked only if something is at this path; "" = always
};
struct AuthKey {
  std::string_view key;   // condition key, "iam:PermissionsBoundary"
  std::string_view path;  // member path of its values
};
// Fail closed: an operation that states none of actions, unauthorized, by_handler is never served;
// codegen refuses to build it.
struct Authorization {
  bool unauthorized = false;  // any valid signature suffices (sts:GetCallerIdentity)
  bool by_handler = false;    // the handler asks itself, for each of its items
  bool anonymous = false;     // needs no signature at all (sts:AssumeRoleWithWebIdentity)
  bool bearer = false;        // its callers show a bearer token; nobody serves them yet
  std::span<const AuthAction> actions = {};
  std::span<const AuthKey> keys = {};
  std::string_view tags = {};      // path of a tag list: aws:RequestTag/…, aws:TagKeys
  std::string_view tag_keys = {};  // path of a list of tag keys: aws:TagKeys
};

// How an operation that answers in pages is asked for the next one. Names are of members of input
// and output; an output token may be an expression ("NextMarker || Contents[-1].Key").
struct Pagination {
  std::span<const std::string_view> input_tokens = {}, output_tokens = {};  // as many
  std::span<const std::string_view> items = {};  // what the pages add up to
  std::span<const std::string_view> kept = {};   // what the first page's value holds for
  std::string_view more = {};                    // true: there is another page
  std::string_view page_size = {};

  bool paged() const { return !input_tokens.empty(); }
};

struct ErrorShape {
  // Its name in awsQuery ("AWS.SimpleQueueService.NonExistentQueue"); elsewhere, and where the
  // model gives none, the shape's ("QueueDoesNotExist").
  std::string_view code;
  int http_status;
  const Shape* shape;
};

struct Service;

struct Operation {
  std::string_view name;
  const Service* service;
  bool served;
  const Shape* input;   // null for operations that are only a name
  const Shape* output;  // null likewise
  std::string_view method;
  std::string_view uri;  // "/{Bucket}/{Key+}", without the query
  int success_status = 200;
  struct QueryLiteral {
    std::string_view key, value;
  };
  std::span<const QueryLiteral> literals = {};  // fixed query parameters of the URI
  // What tells this operation from others of the same method and URI.
  std::span<const std::string_view> needs_query = {};
  std::span<const std::string_view> needs_headers = {};
  bool has_output = true;  // false: the answer has no result element, not even an empty one
  bool read_only = false;
  bool streaming_input = false;       // the body is no member: handlers take it from the request
  bool streaming_output = false;      // handlers supply the body beside the output
  std::string_view body_member = {};  // what the model calls a streamed input, and where it stands
  std::uint16_t body_member_at = 0;
  bool unsigned_call = false;     // its caller has no credentials yet (AssumeRoleWithWebIdentity)
  bool unwrapped_output = false;  // S3's GetBucketLocation: the root element is the value
  std::string_view checksum_member = {};  // input member naming the checksum algorithm
  bool checksum_required = false;
  Pagination pages = {};
  std::span<const ErrorShape* const> errors = {};
  Authorization authorization = {};
};

enum class Protocol : std::uint8_t { query, ec2, json_1_0, json_1_1, rest_xml, rest_json };

// How a service words what its model does not: refusals, failed signatures, broken constraints, its
// own failures ("Common Errors" of each API reference). Codegen tells it from the protocol traits
// and refuses a model for which there is none.
enum class Dialect : std::uint8_t {
  query,       // awsQuery: IAM, STS, SNS
  query_json,  // awsJson that keeps its awsQuery error codes beside the new ones: SQS
  ec2,
  json,  // awsJson: Organizations, CloudTrail, KMS
  rest_json,
  s3,
};

struct Service {
  std::string_view name;             // "iam", as in models/
  std::string_view id;               // "IAM"
  std::string_view title;            // "AWS Identity and Access Management"
  std::string_view signing_name;     // in credential scopes
  std::string_view endpoint_prefix;  // in host names
  std::string_view version;          // "2010-05-08"
  std::string_view xml_namespace;
  std::string_view target_prefix;         // X-Amz-Target before the dot
  std::span<const Protocol> protocols;    // first is the rule
  std::span<const Operation> operations;  // sorted by name, unserved ones too
  std::span<const ErrorShape> errors;     // sorted by code
  bool timestamp_millis = false;          // "…00.000Z" in XML
  Dialect dialect;

  Protocol protocol() const { return protocols.front(); }
  // The words of an answer in `spoken`: SQS asked in awsQuery answers as it did in awsQuery.
  Dialect dialect_in(Protocol spoken) const {
    return dialect == Dialect::query_json && spoken == Protocol::query ? Dialect::query : dialect;
  }
  // nullptr when the service has no such operation.
  const Operation* find(std::string_view operation) const;
  bool speaks(Protocol protocol) const;
  // The modelled error called so: its `code` or its shape's name. nullptr: none.
  const ErrorShape* find_error(std::string_view called) const;
};

// Every model built in, in the order of models/.
std::span<const Service* const> all_services();
// By name ("iam"); nullptr when there is none.
const Service* service_named(std::string_view name);

// Owns a value of a structure shape, type-erased.
//   wire::Value in = wire::Value::make(*operation.input);
//   const auto& typed = in.as<iam::GetRoleInput>();
class Value {
 public:
  Value() = default;
  static Value make(const Shape& structure) { return Value(&structure); }

  const Shape* shape() const { return shape_; }
  void* data() { return data_.get(); }
  const void* data() const { return data_.get(); }
  // T must be the struct generated for shape().
  template <class T>
  T& as() {
    return *static_cast<T*>(data_.get());
  }
  template <class T>
  const T& as() const {
    return *static_cast<const T*>(data_.get());
  }
  explicit operator bool() const { return data_ != nullptr; }
  // Gives the value away, with the function that destroys it.
  std::unique_ptr<void, void (*)(void*)> take() { return std::move(data_); }

 private:
  explicit Value(const Shape* shape)
      : shape_(shape), data_(shape->value->create(), shape->value->destroy) {}
  const Shape* shape_ = nullptr;
  std::unique_ptr<void, void (*)(void*)> data_{nullptr, [](void*) {}};
};

}  // namespace rolecall::wire
