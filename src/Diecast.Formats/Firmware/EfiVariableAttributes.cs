using System.Diagnostics.CodeAnalysis;

namespace Diecast.Formats.Firmware;

/// <summary>What a variable is (UEFI 2.10 section 8.2).</summary>
[Flags]
[SuppressMessage("Design", "CA1028", Justification = "The field's width in the specification.")]
public enum EfiVariableAttributes : uint
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It outlives the machine's running.</summary>
    NonVolatile = 0x01,

    /// <summary>Boot loaders see it.</summary>
    BootServices = 0x02,

    /// <summary>Systems that run see it.</summary>
    Runtime = 0x04,

    /// <summary>It is a record of hardware errors.</summary>
    HardwareErrorRecord = 0x08,

    /// <summary>Changes are signed and counted; no longer used.</summary>
    CountAuthenticated = 0x10,

    /// <summary>Changes are signed and have a time.</summary>
    TimeAuthenticated = 0x20,

    /// <summary>Variables of systems: kept, and seen by boot loaders and systems.</summary>
    Global = NonVolatile | BootServices | Runtime,
}
