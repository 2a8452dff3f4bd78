namespace Diecast.Bases;

/// <summary>A Debian base and what the rest of the system asks of it.</summary>
internal sealed record DebianRequest
{
    /// <summary>The base as it is declared.</summary>
    public required DebianBase Base { get; init; }

    /// <summary>Packages that the system, its kernel and its boot loader need. Default: none.</summary>
    public ValueList<string> ExtraPackages { get; init; } = [];

    /// <summary>Answers for debconf, one line each: package, question, type, value. Default: none.</summary>
    public ValueList<string> DebconfSelections { get; init; } = [];

    /// <summary>Variables that maintainer scripts see, as in <c>INITRD=No</c>. Default: none.</summary>
    public ValueList<string> Environment { get; init; } = [];

    /// <summary>Shell commands that mmdebstrap runs; <c>$1</c> is the root. Default: none.</summary>
    public ValueList<DebianHook> Hooks { get; init; } = [];
}

/// <summary>A shell command that mmdebstrap runs; <c>$1</c> is the root.</summary>
/// <param name="Stage">When it runs.</param>
/// <param name="Command">The command.</param>
internal sealed record DebianHook(DebianHookStage Stage, string Command);

/// <summary>When a hook runs.</summary>
internal enum DebianHookStage
{
    /// <summary>Before anything is there.</summary>
    Setup,

    /// <summary>When the essential packages are unpacked.</summary>
    Extract,

    /// <summary>When the essential packages are installed.</summary>
    Essential,

    /// <summary>When everything is installed.</summary>
    Customize,
}
