using Diecast.Formats.Blobs;

namespace Diecast.Formats.Integrity;

/// <summary>A device that has been written into a file.</summary>
/// <param name="Tree">Its hash area.</param>
/// <param name="Content">Its bytes, as they are in the file now. What writes them to the same place again has nothing to do.</param>
internal sealed record WrittenDevice(DmVerityTree Tree, Blob Content);
