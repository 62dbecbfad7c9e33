// An addon that does what it must not, and gives the statuses that it gets.
// No header of Node's is at hand here: these are Node-API's own declarations, as far as needed.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef void *env_t, *value_t, *ref_t, *scope_t, *info_t, *deferred_t;
typedef value_t (*callback_t)(env_t, info_t);
typedef void (*finalize_t)(env_t, void *, void *);
typedef struct {
  const char *utf8name;
  value_t name;
  callback_t method, getter, setter;
  value_t value;
  int attributes;
  void *data;
} descriptor_t;

extern int napi_call_function(env_t, value_t, value_t, size_t, const value_t *, value_t *);
extern int napi_close_handle_scope(env_t, scope_t);
extern int napi_create_array(env_t, value_t *);
extern int napi_create_arraybuffer(env_t, size_t, void **, value_t *);
extern int napi_create_external(env_t, void *, finalize_t, void *, value_t *);
extern int napi_create_int32(env_t, int32_t, value_t *);
extern int napi_create_object(env_t, value_t *);
extern int napi_create_promise(env_t, deferred_t *, value_t *);
extern int napi_create_reference(env_t, value_t, uint32_t, ref_t *);
extern int napi_create_string_utf8(env_t, const char *, size_t, value_t *);
extern int napi_create_typedarray(env_t, int, size_t, value_t, size_t, value_t *);
extern int napi_define_class(env_t, const char *, size_t, callback_t, void *, size_t,
                             const descriptor_t *, value_t *);
extern int napi_define_properties(env_t, value_t, size_t, const descriptor_t *);
extern int napi_delete_reference(env_t, ref_t);
extern int napi_escape_handle(env_t, scope_t, value_t, value_t *);
extern int napi_get_and_clear_last_exception(env_t, value_t *);
extern int napi_get_cb_info(env_t, info_t, size_t *, value_t *, value_t *, void **);
extern int napi_get_reference_value(env_t, ref_t, value_t *);
extern int napi_get_undefined(env_t, value_t *);
extern int napi_get_value_external(env_t, value_t, void **);
extern int napi_get_value_string_utf8(env_t, value_t, char *, size_t, size_t *);
extern int napi_open_handle_scope(env_t, scope_t *);
extern int napi_reference_ref(env_t, ref_t, uint32_t *);
extern int napi_reference_unref(env_t, ref_t, uint32_t *);
extern int napi_resolve_deferred(env_t, deferred_t, value_t);
extern int napi_set_element(env_t, value_t, uint32_t, value_t);
extern int napi_set_instance_data(env_t, void *, finalize_t, void *);
extern int napi_unwrap(env_t, value_t, void **);
extern int napi_wrap(env_t, value_t, void *, finalize_t, void *, ref_t *);

// An array of statuses.
static value_t statuses(env_t env, const int *list, size_t count) {
  value_t array, number;
  napi_create_array(env, &array);
  for (size_t i = 0; i < count; i++) {
    napi_create_int32(env, list[i], &number);
    napi_set_element(env, array, (uint32_t)i, number);
  }
  return array;
}

#define STATUSES(env, ...)                                                      \
  statuses(env, (const int[]){__VA_ARGS__}, sizeof((const int[]){__VA_ARGS__}) / sizeof(int))

static value_t argument(env_t env, info_t info) {
  size_t count = 1;
  value_t first;
  napi_get_cb_info(env, info, &count, &first, NULL, NULL);
  return first;
}

static value_t stale_reference(env_t env, info_t info) {
  ref_t ref;
  value_t value;
  uint32_t count;
  int made = napi_create_reference(env, argument(env, info), 1, &ref);
  int deleted = napi_delete_reference(env, ref);
  int again = napi_delete_reference(env, ref);
  int got = napi_get_reference_value(env, ref, &value);
  int counted = napi_reference_ref(env, ref, &count);
  int uncounted = napi_reference_unref(env, ref, &count);
  int wild = napi_delete_reference(env, (ref_t)&ref);
  return STATUSES(env, made, deleted, again, got, counted, uncounted, wild);
}

static value_t scope_order(env_t env, info_t info) {
  scope_t outer, inner;
  value_t escaped;
  int first = napi_open_handle_scope(env, &outer);
  int second = napi_open_handle_scope(env, &inner);
  int escape = napi_escape_handle(env, inner, argument(env, info), &escaped);
  int wrong = napi_close_handle_scope(env, outer);
  int right = napi_close_handle_scope(env, inner);
  int last = napi_close_handle_scope(env, outer);
  int more = napi_close_handle_scope(env, outer);
  return STATUSES(env, first, second, escape, wrong, right, last, more);
}

static value_t forgets_scopes(env_t env, info_t info) {
  scope_t scope;
  int status = 0;
  for (int i = 0; i < 10; i++) status |= napi_open_handle_scope(env, &scope);
  value_t result = STATUSES(env, status);
  (void)info;
  return result;
}

static value_t external_of(env_t env, info_t info) {
  void *data;
  return STATUSES(env, napi_get_value_external(env, argument(env, info), &data));
}

static value_t settles_twice(env_t env, info_t info) {
  deferred_t deferred;
  value_t promise, value;
  napi_get_undefined(env, &value);
  int made = napi_create_promise(env, &deferred, &promise);
  int first = napi_resolve_deferred(env, deferred, value);
  int second = napi_resolve_deferred(env, deferred, value);
  (void)info;
  return STATUSES(env, made, first, second);
}

static value_t calls_with_null(env_t env, info_t info) {
  value_t function = argument(env, info), arguments[2] = {function, NULL}, result;
  return STATUSES(env, napi_call_function(env, function, function, 2, arguments, &result));
}

static value_t too_much(env_t env, info_t info) {
  value_t value, buffer;
  int text = napi_create_string_utf8(env, "a", (size_t)INT32_MAX + 1, &value);
  int memory = napi_create_arraybuffer(env, (size_t)1 << 60, NULL, &value);
  napi_create_arraybuffer(env, 16, NULL, &buffer);
  int view = napi_create_typedarray(env, 8, SIZE_MAX / 8 + 2, buffer, 8, &value);
  napi_get_and_clear_last_exception(env, &value);
  int kind = napi_create_typedarray(env, 99, 1, buffer, 0, &value);
  (void)info;
  return STATUSES(env, text, memory, view, kind);
}

static value_t template_of_object(env_t env, info_t info) {
  value_t object, class;
  napi_create_object(env, &object);
  descriptor_t property = {.utf8name = "shared", .value = object};
  (void)info;
  return STATUSES(env, napi_define_class(env, "Class", 5, external_of, NULL, 1, &property, &class));
}

static char wrapped;

static value_t wrap(env_t env, info_t info) {
  return STATUSES(env, napi_wrap(env, argument(env, info), &wrapped, NULL, NULL, NULL));
}

static value_t unwrap(env_t env, info_t info) {
  void *data = NULL;
  int status = napi_unwrap(env, argument(env, info), &data);
  return STATUSES(env, status, data != NULL);
}

static value_t calls_back(env_t env, info_t info) {
  value_t receiver, result = NULL;
  napi_get_undefined(env, &receiver);
  napi_call_function(env, receiver, argument(env, info), 0, NULL, &result);
  return result;
}

static value_t cuts_text(env_t env, info_t info) {
  char buffer[5] = "####";
  size_t count;
  napi_get_value_string_utf8(env, argument(env, info), buffer, sizeof(buffer), &count);
  value_t text;
  napi_create_string_utf8(env, buffer, count, &text);
  return text;
}

static void told(env_t env, void *data, void *hint) {
  (void)env, (void)hint;
  puts((const char *)data);
  fflush(stdout);
}

static value_t tells_of_end(env_t env, info_t info) {
  value_t external;
  napi_wrap(env, argument(env, info), "wrap", told, NULL, NULL);
  napi_create_external(env, "external", told, NULL, &external);
  return external;
}

value_t napi_register_module_v1(env_t env, value_t exports) {
  static const struct {
    const char *name;
    callback_t function;
  } FUNCTIONS[] = {
      {"staleReference", stale_reference}, {"scopeOrder", scope_order},
      {"forgetsScopes", forgets_scopes},   {"externalOf", external_of},
      {"settlesTwice", settles_twice},     {"callsWithNull", calls_with_null},
      {"tooMuch", too_much},               {"templateOfObject", template_of_object},
      {"wrap", wrap},                      {"unwrap", unwrap},
      {"callsBack", calls_back},           {"cutsText", cuts_text},
      {"tellsOfEnd", tells_of_end},
  };
  for (size_t i = 0; i < sizeof(FUNCTIONS) / sizeof(FUNCTIONS[0]); i++) {
    descriptor_t property = {.utf8name = FUNCTIONS[i].name, .method = FUNCTIONS[i].function};
    napi_define_properties(env, exports, 1, &property);
  }
  napi_set_instance_data(env, "instance", told, NULL);
  return exports;
}
