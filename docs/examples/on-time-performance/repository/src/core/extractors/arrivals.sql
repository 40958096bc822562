-- Every flight, on time or late. One that never arrived has no delay_minutes.
select
    flight_id as record_id,
    departed_at as occurred_at,
    origin_state,
    delay_minutes as amount
from flights
where departed_at >= :start
    and departed_at < :end
