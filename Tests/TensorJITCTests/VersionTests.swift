import CTensorJIT
import Testing

/// The library and its header are of one version.
@Suite struct VersionTests {
  @Test func libraryAndHeaderAgree() {
    #expect(tj_version() == (TJ_VERSION_MAJOR * 1000 + TJ_VERSION_MINOR) * 1000 + TJ_VERSION_PATCH)
    #expect(
      String(cString: tj_version_string())
        == "\(TJ_VERSION_MAJOR).\(TJ_VERSION_MINOR).\(TJ_VERSION_PATCH)")
  }
}
