namespace Diecast.Formats.Partitioning;

/// <summary>What a partition is for.</summary>
/// <param name="Name">The name, as in <c>esp</c>; for a type outside the catalogue the GUID or the byte itself.</param>
/// <param name="Guid">The type in a GPT, or null when there is none.</param>
/// <param name="MbrByte">The type in an MBR, or null when there is none.</param>
/// <param name="KnownAttributes">The attribute bits among 59, 60 and 63 that have a meaning for the type.</param>
public sealed record PartitionType(string Name, Guid? Guid, byte? MbrByte, ulong KnownAttributes = 0)
{
    /// <inheritdoc/>
    public override string ToString() => Name;
}
