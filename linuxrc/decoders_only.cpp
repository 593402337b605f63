// What the decoders' static libraries refer to and linuxrc never reaches: compressors, old formats,
// threads. Without these definitions the linker takes all of it, 250 KB. They are weak, so that
// with a library that needs more than is known here linuxrc still links, and is only larger.

// clang-format off
#define NEVER_CALLED(name) \
  extern "C" [[gnu::weak]] void name(); \
  void name() { __builtin_trap(); }
// clang-format on

// lz4's and bzip2's compressors
NEVER_CALLED(BZ2_compressBlock)
NEVER_CALLED(LZ4_attach_HC_dictionary)
NEVER_CALLED(LZ4_compress_HC_continue)
NEVER_CALLED(LZ4_compress_HC_extStateHC_fastReset)
NEVER_CALLED(LZ4_favorDecompressionSpeed)
NEVER_CALLED(LZ4_initStreamHC)
NEVER_CALLED(LZ4_loadDictHC)
NEVER_CALLED(LZ4_resetStreamHC_fast)
NEVER_CALLED(LZ4_saveDictHC)
NEVER_CALLED(LZ4_setCompressionLevel)
NEVER_CALLED(LZ4_sizeofStateHC)

// zstd 0.5 to 0.7, whose magic numbers are others
NEVER_CALLED(ZBUFFv05_createDCtx)
NEVER_CALLED(ZBUFFv05_decompressContinue)
NEVER_CALLED(ZBUFFv05_decompressInitDictionary)
NEVER_CALLED(ZBUFFv05_freeDCtx)
NEVER_CALLED(ZBUFFv06_createDCtx)
NEVER_CALLED(ZBUFFv06_decompressContinue)
NEVER_CALLED(ZBUFFv06_decompressInitDictionary)
NEVER_CALLED(ZBUFFv06_freeDCtx)
NEVER_CALLED(ZBUFFv07_createDCtx)
NEVER_CALLED(ZBUFFv07_decompressContinue)
NEVER_CALLED(ZBUFFv07_decompressInitDictionary)
NEVER_CALLED(ZBUFFv07_freeDCtx)
NEVER_CALLED(ZSTDv05_createDCtx)
NEVER_CALLED(ZSTDv05_decompress_usingDict)
NEVER_CALLED(ZSTDv05_findFrameSizeInfoLegacy)
NEVER_CALLED(ZSTDv05_freeDCtx)
NEVER_CALLED(ZSTDv05_getFrameParams)
NEVER_CALLED(ZSTDv06_createDCtx)
NEVER_CALLED(ZSTDv06_decompress_usingDict)
NEVER_CALLED(ZSTDv06_findFrameSizeInfoLegacy)
NEVER_CALLED(ZSTDv06_freeDCtx)
NEVER_CALLED(ZSTDv06_getFrameParams)
NEVER_CALLED(ZSTDv07_createDCtx)
NEVER_CALLED(ZSTDv07_decompress_usingDict)
NEVER_CALLED(ZSTDv07_findFrameSizeInfoLegacy)
NEVER_CALLED(ZSTDv07_freeDCtx)
NEVER_CALLED(ZSTDv07_getFrameParams)

// linuxrc decodes in one thread. glibc's threads bring its resolver along.
NEVER_CALLED(lzma_stream_decoder_mt)
NEVER_CALLED(pthread_create)
