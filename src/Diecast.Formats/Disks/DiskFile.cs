using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>One file of an output that has several.</summary>
/// <param name="Suffix">What follows the output's name without its end, as in <c>-flat.vmdk</c>.</param>
/// <param name="Content">The file's bytes.</param>
public sealed record DiskFile(string Suffix, Blob Content);
