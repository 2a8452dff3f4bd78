namespace Diecast.Running;

/// <summary>The machine that an image is run on.</summary>
public sealed record EmulatorOptions
{
    /// <summary>Machine by a name of <see cref="Emulator.Machines"/>. Default: the one that the image is made for, a PC where it does not tell.</summary>
    public string? Machine { get; init; }

    /// <summary>
    /// Firmware; machines that have none of them start by their own. Default: what the image is made for: UEFI where it has a
    /// program for it, of 32 bits where it has that alone, BIOS without an EFI system partition.
    /// </summary>
    public Firmware? Firmware { get; init; }

    /// <summary>
    /// The variables that UEFI starts with, as <see cref="Image.EfiVariables"/> makes them; the machine has a copy of its own.
    /// Default: the firmware's.
    /// </summary>
    public string? Variables { get; init; }

    /// <summary>Memory; a board has its own. Default: 1 GiB.</summary>
    public ByteSize Memory { get; init; } = ByteSize.GiB(1);

    /// <summary>Processors; a board has its own. Default: 2.</summary>
    public int Processors { get; init; } = 2;

    /// <summary>How the guest's instructions are executed. Default: by KVM where it can be opened.</summary>
    public Acceleration Acceleration { get; init; } = Acceleration.Automatic;

    /// <summary>Port of the host's loopback that leads to the guest's port 22. Default: none.</summary>
    public int? SshPort { get; init; }

    /// <summary>What becomes of the guest's writes. Default: they are dropped, and the image stays as it was built.</summary>
    public GuestWrites Writes { get; init; } = GuestWrites.Discard;

    /// <summary>
    /// Directories of the host that images with a <see cref="Image.SharedStore"/> of the same path find theirs in, for reading
    /// alone. Default: none.
    /// </summary>
    public ValueList<string> SharedStores { get; init; } = [];

    /// <summary>More arguments for QEMU, last.</summary>
    public ValueList<string> Arguments { get; init; } = [];
}

/// <summary>How a guest's instructions are executed.</summary>
public enum Acceleration
{
    /// <summary>By KVM where it can be opened, else as <see cref="None"/>.</summary>
    Automatic,

    /// <summary>By QEMU itself: slower by an order of magnitude, and everywhere.</summary>
    None,
}

/// <summary>What becomes of a guest's writes.</summary>
public enum GuestWrites
{
    /// <summary>They are dropped when the machine ends.</summary>
    Discard,

    /// <summary>They change the image.</summary>
    Keep,
}
