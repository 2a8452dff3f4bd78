namespace Diecast;

/// <summary>How a container image is named and run: what its configuration says beside the files.</summary>
public sealed record ContainerSettings
{
    /// <summary>
    /// Name of the image, as in <c>server</c> or <c>registry.example.org/team/server</c>. Default: the definition's name in
    /// small letters.
    /// </summary>
    public string? Repository { get; init; }

    /// <summary>Tag of the image. Default: latest.</summary>
    public string Tag { get; init; } = "latest";

    /// <summary>
    /// Program and first arguments that every container runs. Default: <c>/sbin/init</c>, which boots the system, unless a
    /// command is given.
    /// </summary>
    public ValueList<string> Entrypoint { get; init; } = [];

    /// <summary>
    /// Further arguments, which those of <c>docker run</c> replace; the program itself where there is no entry point.
    /// Default: empty.
    /// </summary>
    public ValueList<string> Command { get; init; } = [];

    /// <summary>Variables of the program, a map of names to values. Default: PATH and, where init runs, container.</summary>
    public ValueList<NamedValue> Environment { get; init; } = [];

    /// <summary>What there is to say about the image, a map of names to values. Default: empty.</summary>
    public ValueList<NamedValue> Labels { get; init; } = [];

    /// <summary>Who runs the program, by name or number, as in <c>www-data</c> or <c>1000:100</c>. Default: root.</summary>
    public string? User { get; init; }

    /// <summary>The program's working directory, an absolute path. Default: the root.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Ports that the program listens on, as in <c>80</c> or <c>53/udp</c>. Default: empty.</summary>
    public ValueList<string> Ports { get; init; } = [];

    /// <summary>Directories whose content is kept outside of the container, absolute paths. Default: empty.</summary>
    public ValueList<string> Volumes { get; init; } = [];

    /// <summary>
    /// Signal that asks the program to end. Default: SIGRTMIN+3 where init runs, which has systemd stop everything; else the
    /// runtime's.
    /// </summary>
    public string? StopSignal { get; init; }

    /// <summary>
    /// Architecture as Go names it, with a variant behind a slash, as in <c>arm/v7</c>. Default: that of the programs in the
    /// image.
    /// </summary>
    public string? Architecture { get; init; }
}

/// <summary>A name and what it stands for.</summary>
/// <param name="Name">The name.</param>
/// <param name="Value">The value's text.</param>
public sealed record NamedValue(string Name, string Value);

/// <summary>How a system is set up as a distribution of the Windows Subsystem for Linux.</summary>
public sealed record WslSettings
{
    /// <summary>Name that the distribution is installed under. Default: the definition's name.</summary>
    public string? Name { get; init; }

    /// <summary>
    /// Account that a shell is opened for. Default: the first declared account that is no system account, else root.
    /// </summary>
    public string? DefaultUser { get; init; }

    /// <summary>
    /// Icon of the distribution in Windows' start menu and terminal: a file of the form .ico, relative to the definition, of at
    /// most 1 MiB. It is <c>/usr/lib/wsl/distribution.ico</c> in the tree. Default: none, that of WSL.
    /// </summary>
    public string? Icon { get; init; }

    /// <summary>Whether systemd is started. Default: yes.</summary>
    public bool Systemd { get; init; } = true;
}
