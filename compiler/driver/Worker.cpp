// pthreads, because std::thread cannot set the size of the stack.
#include "compiler/driver/Worker.h"

#include <exception>
#include <pthread.h>

namespace snn::driver {

namespace {

struct Call {
  const std::function<void()> &work;
  std::exception_ptr thrown;
};

void *run(void *data) {
  auto *call = static_cast<Call *>(data);
  try {
    call->work();
  } catch (...) {
    call->thrown = std::current_exception();
  }
  return nullptr;
}

} // namespace

void onLargeStack(const std::function<void()> &work) {
  Call call{work, {}};
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, size_t{64} << 20);
  pthread_t thread;
  const bool started = pthread_create(&thread, &attributes, run, &call) == 0;
  pthread_attr_destroy(&attributes);
  if (started)
    pthread_join(thread, nullptr);
  else // no memory for the stack: the caller's must do
    run(&call);
  if (call.thrown)
    std::rethrow_exception(call.thrown);
}

} // namespace snn::driver
