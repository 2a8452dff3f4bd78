namespace Diecast.Formats.Firmware;

/// <summary>A variable of UEFI firmware.</summary>
public sealed record EfiVariable
{
    /// <summary>Its name, as in <c>Boot0000</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Whose it is; names are each vendor's own. Default: the specification's.</summary>
    public Guid Vendor { get; init; } = EfiVendors.Global;

    /// <summary>What it is. Default: kept, and seen by boot loaders and systems.</summary>
    public EfiVariableAttributes Attributes { get; init; } = EfiVariableAttributes.Global;

    /// <summary>What it holds.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>The time of a variable whose changes are signed, to the second; null for none.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>The count of a variable whose changes are counted; 0 for others.</summary>
    public long Count { get; init; }

    /// <summary>Which of the keys of a store changes the variable; 0 since times took the place of counts.</summary>
    public long KeyIndex { get; init; }
}
