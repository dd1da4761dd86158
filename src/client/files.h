// Moved: base/files.h. This name goes once nobody includes it.
#pragma once

#include "base/files.h"
