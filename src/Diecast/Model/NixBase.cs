namespace Diecast;

/// <summary>
/// Paths of a Nix store with all that they refer to, and the database that Nix knows them by. Nix itself is needed on the build
/// machine only where nothing else says what they refer to.
/// </summary>
public sealed record NixBase : SystemBase
{
    /// <summary>The paths. Default: empty, the top level alone.</summary>
    public ValueList<StorePath> Paths { get; init; } = [];

    /// <summary>Where they come from. Default: the store of the build machine.</summary>
    public StoreSource? Store { get; init; }

    /// <summary>
    /// The top level of a NixOS system, as <c>system.build.toplevel</c> makes it: it becomes the system's profile, which boot
    /// loaders and <c>nixos-rebuild</c> go by, and <c>/etc/NIXOS</c> is made. Default: none.
    /// </summary>
    public string? Toplevel { get; init; }

    /// <summary>A path with the channels of root, each a directory in it, as <c>nixos</c> with nixpkgs. Default: none.</summary>
    public string? Channel { get; init; }

    /// <summary>Whether Nix's database is written, and roots that keep the paths from being collected. Default: yes.</summary>
    public bool Database { get; init; } = true;
}

/// <summary>Paths of a Guix store with all that they refer to, and the database that Guix knows them by.</summary>
public sealed record GuixBase : SystemBase
{
    /// <summary>The paths. Default: empty, the system alone.</summary>
    public ValueList<StorePath> Paths { get; init; } = [];

    /// <summary>Where they come from. Default: the store of the build machine.</summary>
    public StoreSource? Store { get; init; }

    /// <summary>A Guix system, as <c>guix system build</c> makes it: it becomes the system's profile. Default: none.</summary>
    public string? System { get; init; }

    /// <summary>Whether Guix's database is written, and roots that keep the paths from being collected. Default: yes.</summary>
    public bool Database { get; init; } = true;
}
