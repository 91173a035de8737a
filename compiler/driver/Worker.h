// A thread with a large stack: deep expressions must not end the process.
#pragma once

#include <functional>

namespace snn::driver {

/// Runs `work` on a thread with a stack of 64 MB and waits for it.
void onLargeStack(const std::function<void()> &work);

} // namespace snn::driver
