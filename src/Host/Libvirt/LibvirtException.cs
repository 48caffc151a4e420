namespace EventCheckpoints.Host.Libvirt;

/// <summary>What libvirt said no with, in its own words; or that there is no libvirt to ask.</summary>
/// <param name="code">libvirt's own number (virErrorNumber); 0 where the library is missing.</param>
public sealed class LibvirtException(int code, string message) : Exception(message)
{
    /// <summary>VIR_ERR_NO_DOMAIN.</summary>
    public const int NoDomain = 42;

    /// <summary>VIR_ERR_NO_DOMAIN_CHECKPOINT.</summary>
    public const int NoCheckpoint = 103;

    public int Code => code;
}
