// SPDX-License-Identifier: Apache-2.0
// libtorch, 1.13 or newer. Its logging brings macros of the names of base/check.h: ours are meant,
// so this header comes before any other.
#pragma once

#include <torch/torch.h>

#include "base/check.h"
