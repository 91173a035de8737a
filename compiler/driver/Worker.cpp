// pthreads, because std::thread cannot set the size of the stack.
#include "compiler/driver/Worker.h"

#include <pthread.h>

namespace snn::driver {

void onLargeStack(const std::function<void()> &work) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, size_t{64} << 20);
  pthread_t thread;
  const auto start = [](void *data) -> void * {
    (*static_cast<const std::function<void()> *>(data))();
    return nullptr;
  };
  const bool started = pthread_create(&thread, &attributes, start, const_cast<std::function<void()> *>(&work)) == 0;
  pthread_attr_destroy(&attributes);
  if (started)
    pthread_join(thread, nullptr);
  else // no memory for the stack: the caller's must do
    work();
}

} // namespace snn::driver
