import CTensorJIT

/// The version of the library, which is that of the header it was built with.
enum LibraryVersion {
  static let text = "\(TJ_VERSION_MAJOR).\(TJ_VERSION_MINOR).\(TJ_VERSION_PATCH)"
  static let string = CString(text)
  /// What TJ_MAKE_VERSION gives.
  static let number = (TJ_VERSION_MAJOR * 1000 + TJ_VERSION_MINOR) * 1000 + TJ_VERSION_PATCH
}
