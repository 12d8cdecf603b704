// The distribution's libcpprest is not built for ThreadSanitizer, which therefore does not see the
// synchronisation inside of it (reference counts of tasks). Read by the sanitizer's runtime only.
extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() { return "race:libcpprest.so\n"; }
