namespace Diecast.Formats.Compression;

/// <summary>A shared library that a codec needs is not installed.</summary>
/// <param name="library">File name of the library, as in <c>liblzma.so.5</c>.</param>
/// <param name="package">Debian's package that has it.</param>
/// <param name="inner">What the loader said, or null.</param>
public sealed class MissingLibraryException(string library, string package, Exception? inner = null)
    : Exception($"{library} is not installed; Debian has it in the package {package}", inner)
{
    /// <summary>File name of the library, as in <c>liblzma.so.5</c>.</summary>
    public string Library => library;

    /// <summary>Debian's package that has it.</summary>
    public string Package => package;
}
