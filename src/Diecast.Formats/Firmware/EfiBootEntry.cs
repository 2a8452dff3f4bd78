namespace Diecast.Formats.Firmware;

/// <summary>What a <c>Boot####</c> variable says: a program that firmware can start.</summary>
public sealed record EfiBootEntry
{
    /// <summary>What firmware's menu calls it.</summary>
    public required string Description { get; init; }

    /// <summary>The partition that the program is on; null for any that is bootable and has the path.</summary>
    public EfiPartition? Partition { get; init; }

    /// <summary>
    /// The program, as in <c>/EFI/Linux/system.efi</c>; slashes and backslashes are the same. Null is what is started from
    /// removable media, <c>/EFI/BOOT/BOOTX64.EFI</c> and its like, and needs a partition.
    /// </summary>
    public string? Path { get; init; }

    /// <summary>What the program gets as its options, which is text for most; empty for none.</summary>
    public string Arguments { get; init; } = "";

    /// <summary>Whether it is tried in the boot order, and not only when it is chosen.</summary>
    public EfiBootEntryState State { get; init; } = EfiBootEntryState.Active;
}
