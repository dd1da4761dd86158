// Bodies in each format, both ways. Used by protocol.cc and by the fuzzers; the rest of the house
// uses protocol.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "wire/checks.h"
#include "wire/form.h"
#include "wire/shape.h"

namespace rolecall::wire {

enum class FormStyle { query, ec2 };

// Readers: fill the members of `out` (a fresh value of `shape`) that travel in the body. Constraint
// failures go to `checks`; an error is returned for what cannot be read at all.
Status read_form(const Shape& shape, const Form& form, FormStyle style, void* out, Checks& checks);
Status read_json(const Shape& shape, std::string_view text, void* out, Checks& checks);

struct XmlRead {
  // Elements to descend into below the root, "" = none ("GetRoleResult" in awsQuery answers).
  std::string_view wrapper = {};
  // The root's name must be this, unless empty.
  std::string_view root = {};
  // The root element is the value of the structure's only body member (S3's GetBucketLocation).
  bool unwrapped = false;
};
Status read_xml(const Shape& shape, std::string_view text, const XmlRead& how, void* out,
                Checks& checks);
// Code, message and further elements of an error document of any of the XML protocols.
// nullopt when the text is no such document.
std::optional<ApiError> read_xml_error(std::string_view text, int http_status);
std::optional<ApiError> read_json_error(std::string_view text, int http_status);

// Writers: append. `value` is a value of `shape`.
void write_json(std::string& out, const Shape& shape, const void* value);
struct XmlStyle {
  bool millis = false;
};
// The members that travel in the body, without an element around them.
void write_xml_members(std::string& out, const Shape& shape, const void* value, XmlStyle style);
// <name xmlns=…>value</name>
void write_xml_element(std::string& out, std::string_view name, std::string_view xml_namespace,
                       const Shape& shape, const void* value, XmlStyle style);
void append_xml_text(std::string& out, std::string_view text);
// &Name=value…, percent-encoded, each with its leading '&'.
void write_form(std::string& out, const Shape& shape, const void* value, FormStyle style);

}  // namespace rolecall::wire
