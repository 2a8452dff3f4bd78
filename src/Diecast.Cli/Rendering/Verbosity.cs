namespace Diecast.Cli.Rendering;

/// <summary>How much is said on standard error.</summary>
internal enum Verbosity
{
    /// <summary>Errors only.</summary>
    Quiet,

    /// <summary>The steps.</summary>
    Normal,

    /// <summary>The steps and the lines of the programs that they run.</summary>
    Verbose,
}
