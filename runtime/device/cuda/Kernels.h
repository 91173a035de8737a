// Everything that the CUDA text of a model rests on; the text begins with the type `real`, float or double.
#pragma once

#include "runtime/device/cuda/Delivery.h"
#include "runtime/device/cuda/Steps.h"
