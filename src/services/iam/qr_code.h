// A QR code as a PNG picture, for authenticator apps to read.
#pragma once

#include <string>
#include <string_view>

namespace rolecall::iam {

// "" when the text is too long for a code, or when this build has no libqrencode.
std::string qr_code_png(std::string_view text);

}  // namespace rolecall::iam
