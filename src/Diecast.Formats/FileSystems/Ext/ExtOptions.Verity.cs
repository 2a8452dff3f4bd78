
namespace Diecast.Formats.FileSystems.Ext;

public sealed partial record ExtOptions
{
    /// <summary>
    /// Files that fs-verity protects: the kernel reads nothing of them that their hash tree does not confirm, and
    /// writes nothing. A directory stands for all regular files below it. A file is protected under all its names. It
    /// needs the features <c>verity</c> and <c>extent</c>; kernels before 6.3 mount it with blocks of 4096 bytes only.
    /// Default: none.
    /// </summary>
    public IReadOnlyList<string> VerityFiles { get; init; } = [];

    /// <summary>How <see cref="VerityFiles"/> are protected. Default: by SHA-256 in blocks of 4096 bytes, without salt.</summary>
    public VerityOptions Verity { get; init; } = new();

    /// <summary>Files of the tree that are protected as they were where they come from. Default: null, none.</summary>
    internal VerityFiles? VerityInodes { get; init; }

    private void CheckVerity()
    {
        if (VerityFiles.Count == 0 && VerityInodes is null or { IsEmpty: true })
            return;
        foreach (ExtFeature feature in (ReadOnlySpan<ExtFeature>)[ExtFeature.Verity, ExtFeature.Extent])
        {
            if (!Profile.Features.Has(feature))
                throw Refused($"files that fs-verity protects need the feature {feature.Name}");
        }

        if (Verity.Fault(BlockSize) is { } fault)
            throw Refused(fault);
    }
}
