namespace Diecast.Formats.Integrity;

/// <summary>The two forms of dm-verity trees, by their numbers.</summary>
public enum DmVerityHashType
{
    /// <summary>As in the first Chrome OS: the salt follows the block, and hashes stand without gaps.</summary>
    ChromeOs,

    /// <summary>The salt precedes the block, and a hash takes the next power of two bytes.</summary>
    Normal,
}
