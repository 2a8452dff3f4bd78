namespace Diecast.Formats.FileSystems.Ext;

public sealed partial record ExtOptions
{
    /// <summary>
    /// Directories, with all directories below them, whose names are found in any case (<c>chattr +F</c>); it needs the
    /// feature <c>casefold</c>. The encoding is utf8-12.1. Default: none.
    /// </summary>
    public IReadOnlyList<string> CasefoldedDirectories { get; init; } = [];

    /// <summary>
    /// Whether names that are not UTF-8 are refused in <see cref="CasefoldedDirectories"/>, here and by
    /// the kernel. Default: no, they are compared byte by byte.
    /// </summary>
    public bool CasefoldStrict { get; init; }

    private void CheckCasefold()
    {
        if ((CasefoldedDirectories.Count > 0 || CasefoldStrict) && !Profile.Features.Has(ExtFeature.Casefold))
            throw Refused("directories that ignore case need the feature casefold");
    }
}
