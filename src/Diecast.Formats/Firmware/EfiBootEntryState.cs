namespace Diecast.Formats.Firmware;

/// <summary>Whether a boot entry is tried.</summary>
public enum EfiBootEntryState
{
    /// <summary>In the boot order.</summary>
    Active,

    /// <summary>When it is chosen by hand.</summary>
    Inactive,
}
