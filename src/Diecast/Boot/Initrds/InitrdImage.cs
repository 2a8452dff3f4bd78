using Diecast.Formats.Blobs;

namespace Diecast.Boot;

/// <summary>An initial RAM disk.</summary>
/// <param name="Content">The file that the boot loader hands to the kernel.</param>
/// <param name="Codec">Name, version and level of the compressor, on which the bytes depend.</param>
internal sealed record InitrdImage(Blob Content, string Codec);
