namespace Diecast;

/// <summary>A path of a Nix or Guix store.</summary>
public sealed record StorePath
{
    /// <summary>
    /// The path, as in <c>/nix/store/…-hello-2.12</c>, or of a link on the build machine that leads to one, as <c>result</c>,
    /// relative to the definition.
    /// </summary>
    public required string Path { get; init; }

    /// <summary>Whether everything that it refers to comes along, as far as that goes. Default: yes.</summary>
    public bool Closure { get; init; } = true;
}

/// <summary>Where paths of a store come from, beside their names.</summary>
public sealed record StoreSource
{
    /// <summary>Directory of the build machine that holds the paths, relative to the definition. Default: the store itself.</summary>
    public string? Directory { get; init; }

    /// <summary>
    /// File that says what refers to what, relative to the definition: that of <c>nix-store --dump-db</c>, or of
    /// <c>closureInfo</c> in nixpkgs, or the latter's directory. Default: none, the store's own tool is asked.
    /// </summary>
    public string? Registration { get; init; }

    /// <summary>
    /// Binary cache to take the paths from, a directory or its <c>file://</c> URL, relative to the definition. What comes out of
    /// it is checked against its hashes. Default: none.
    /// </summary>
    public string? BinaryCache { get; init; }

    /// <summary>
    /// Public keys, one of which must have signed each path of the binary cache: Nix's as in <c>cache.nixos.org-1:6NCH…</c>, Guix's
    /// as in <c>(public-key (ecc …))</c>, or the path of a file with one, or with Guix's list of them, <c>/etc/guix/acl</c>.
    /// Default: empty, hashes alone are checked.
    /// </summary>
    public ValueList<string> TrustedKeys { get; init; } = [];
}
