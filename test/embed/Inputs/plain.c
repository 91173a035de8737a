/* A host in C. */
#include "snn.h"

#include <stdio.h>
#include <string.h>

int main(void) {
  const char *text = "neuron A { state V : mV = 10 mV;  V' = -V / (10 ms) }\n"
                     "network N { population a = A[2] }\n"
                     "experiment e on N { set dt = 0.1 ms, precision = double }\n";
  snn_error *error = NULL;
  snn_program *program = snn_compile_text("bad.snn", "nonsense", &error);
  if (program || !error)
    return 1;
  const char *message = snn_error_message(error), *end = strchr(message, '\n');
  printf("error %d: %.*s\n", (int)snn_error_code(error), (int)(end ? end - message : 0), message);
  snn_error_free(error);

  program = snn_compile_text("good.snn", text, &error);
  snn_session *session = program ? snn_session_create(program, NULL, NULL, 0, &error) : NULL;
  snn_program_free(program);
  snn_view view = {sizeof view, NULL, 0, SNN_FLOAT64};
  if (!session || !snn_session_run(session, 10, &error) ||
      !snn_session_view(session, "a.V", &view, &error)) {
    puts(snn_error_message(error));
    return 1;
  }
  printf("after %.1f ms: %d cells, V = %f\n", snn_session_time(session), (int)view.count,
         ((double *)view.data)[1]);
  snn_session_free(session);
  return 0;
}
