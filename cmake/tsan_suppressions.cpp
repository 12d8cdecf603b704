// What ThreadSanitizer may not report: libraries of the distribution are not built for it, so it does not see the
// synchronisation inside of them. Read by the sanitizer's runtime only.
//   libcpprest  reference counts of its tasks
//   libgdal     the order of its own locks while it is loaded (behind OpenCV's image codecs)
extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() { return "race:libcpprest.so\ndeadlock:libgdal.so\n"; }
