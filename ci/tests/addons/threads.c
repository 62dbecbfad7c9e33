// Work and functions of other threads, at their ends. Node-API is declared by hand, so that no
// headers need be installed.
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct env *napi_env;
typedef struct value *napi_value;
typedef struct info *napi_callback_info;
typedef struct work *napi_async_work;
typedef struct function *napi_threadsafe_function;
typedef struct ref *napi_ref;
typedef int napi_status;
typedef napi_value (*napi_callback)(napi_env, napi_callback_info);
typedef void (*napi_finalize)(napi_env, void *, void *);

napi_status napi_create_function(napi_env, const char *, size_t, napi_callback, void *, napi_value *);
napi_status napi_set_named_property(napi_env, napi_value, const char *, napi_value);
napi_status napi_create_string_utf8(napi_env, const char *, size_t, napi_value *);
napi_status napi_create_int32(napi_env, int32_t, napi_value *);
napi_status napi_get_undefined(napi_env, napi_value *);
napi_status napi_get_cb_info(napi_env, napi_callback_info, size_t *, napi_value *, napi_value *,
                             void **);
napi_status napi_call_function(napi_env, napi_value, napi_value, size_t, const napi_value *,
                               napi_value *);
napi_status napi_create_reference(napi_env, napi_value, uint32_t, napi_ref *);
napi_status napi_get_reference_value(napi_env, napi_ref, napi_value *);
napi_status napi_create_async_work(napi_env, napi_value, napi_value, void (*)(napi_env, void *),
                                   void (*)(napi_env, napi_status, void *), void *,
                                   napi_async_work *);
napi_status napi_queue_async_work(napi_env, napi_async_work);
napi_status napi_cancel_async_work(napi_env, napi_async_work);
napi_status napi_delete_async_work(napi_env, napi_async_work);
napi_status napi_create_threadsafe_function(napi_env, napi_value, napi_value, napi_value, size_t,
                                            size_t, void *, napi_finalize, void *,
                                            void (*)(napi_env, napi_value, void *, void *),
                                            napi_threadsafe_function *);
napi_status napi_call_threadsafe_function(napi_threadsafe_function, void *, int);
napi_status napi_release_threadsafe_function(napi_threadsafe_function, int);

static napi_value name_of(napi_env env) {
  napi_value name;
  napi_create_string_utf8(env, "test", 4, &name);
  return name;
}

struct job {
  napi_async_work work;
  napi_ref callback;
};

static void execute(napi_env env, void *data) {
  (void)env;
  (void)data;
  usleep(100 * 1000);
}

static void complete(napi_env env, napi_status status, void *data) {
  struct job *job = data;
  napi_value callback, undefined, number;
  napi_get_reference_value(env, job->callback, &callback);
  napi_get_undefined(env, &undefined);
  napi_create_int32(env, status, &number);
  napi_status called = napi_call_function(env, undefined, callback, 1, &number, NULL);
  if (status != 0) printf("work %d, call %d\n", status, called);
  fflush(stdout);
  napi_delete_async_work(env, job->work);
  free(job);
}

// work(callback): the status of queueing; more where what is deleted can be queued or cancelled.
static napi_value work(napi_env env, napi_callback_info info) {
  napi_value argument, result;
  size_t count = 1;
  napi_get_cb_info(env, info, &count, &argument, NULL, NULL);
  struct job *job = malloc(sizeof(*job));
  napi_create_reference(env, argument, 1, &job->callback);
  napi_create_async_work(env, NULL, name_of(env), execute, complete, job, &job->work);
  napi_status status = napi_queue_async_work(env, job->work);
  napi_async_work gone;
  napi_create_async_work(env, NULL, name_of(env), execute, NULL, NULL, &gone);
  if (napi_delete_async_work(env, gone) != 0) status += 100;
  if (napi_queue_async_work(env, gone) != 1) status += 1000;
  if (napi_cancel_async_work(env, gone) != 1) status += 10000;
  napi_create_int32(env, status, &result);
  return result;
}

enum { CALLS_COUNT = 3000 };
static napi_threadsafe_function function;

static void *call_often(void *data) {
  (void)data;
  for (intptr_t i = 0; i < CALLS_COUNT; i++) {
    if (napi_call_threadsafe_function(function, (void *)i, 1) != 0) printf("call %ld\n", (long)i);
  }
  napi_release_threadsafe_function(function, 0);
  return NULL;
}

static void *call_until_closing(void *data) {
  (void)data;
  napi_status status = 0;
  while (status == 0) {
    status = napi_call_threadsafe_function(function, NULL, 1);
    usleep(1000);
  }
  printf("thread: %d\n", status);
  fflush(stdout);
  return NULL;
}

static void call_js(napi_env env, napi_value callback, void *context, void *data) {
  (void)context;
  if (env == NULL || callback == NULL) return;
  napi_value undefined, number;
  napi_get_undefined(env, &undefined);
  napi_create_int32(env, (int32_t)(intptr_t)data, &number);
  napi_call_function(env, undefined, callback, 1, &number, NULL);
}

static pthread_t thread;

static void finalize(napi_env env, void *data, void *context) {
  (void)env;
  (void)data;
  (void)context;
  printf("finalized\n");
  fflush(stdout);
}

static void finalize_and_join(napi_env env, void *data, void *context) {
  pthread_join(thread, NULL);
  finalize(env, data, context);
}

static napi_value start(napi_env env, napi_callback_info info, napi_finalize end,
                        void *(*run)(void *), size_t length_max) {
  napi_value argument;
  size_t count = 1;
  napi_get_cb_info(env, info, &count, &argument, NULL, NULL);
  napi_create_threadsafe_function(env, argument, NULL, name_of(env), length_max, 1, NULL, end, NULL,
                                  call_js, &function);
  pthread_create(&thread, NULL, run, NULL);
  return NULL;
}

// callOften(callback): another thread calls it with 0, 1, 2, ..., two at most waiting.
static napi_value often(napi_env env, napi_callback_info info) {
  return start(env, info, finalize, call_often, 2);
}

// callUntilClosing(callback): another thread calls it until it is told to stop.
static napi_value until_closing(napi_env env, napi_callback_info info) {
  return start(env, info, finalize_and_join, call_until_closing, 1);
}

napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  napi_value made;
  napi_create_function(env, "work", 4, work, NULL, &made);
  napi_set_named_property(env, exports, "work", made);
  napi_create_function(env, "callOften", 9, often, NULL, &made);
  napi_set_named_property(env, exports, "callOften", made);
  napi_create_function(env, "callUntilClosing", 16, until_closing, NULL, &made);
  napi_set_named_property(env, exports, "callUntilClosing", made);
  return exports;
}
